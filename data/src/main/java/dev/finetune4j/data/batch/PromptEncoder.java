package dev.finetune4j.data.batch;

import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;

/**
 * A prompt for the model to answer, and behind it the answer that the data has, the only part with labels. Where the data
 * has none, what the template puts behind an empty answer stands there.
 */
public final class PromptEncoder extends RowEncoder {
    private final AnswerEncoder answers;
    private final LengthLimit limit;

    /** @param tokenizer as the template needs it */
    public PromptEncoder(Template template, Tokenizer tokenizer, LengthLimit limit) {
        this.answers = new AnswerEncoder(template, tokenizer);
        this.limit = limit;
    }

    @Override
    String fault(Conversation conversation) {
        int messages = conversation.messages().size();
        boolean oneAnswer = conversation.isAnswered() && messages % 2 == 0;
        return oneAnswer || endsWithTheOtherSide(conversation) ? "" : "no prompt to answer";
    }

    @Override
    boolean keepsUntrained() {
        return true;
    }

    @Override
    public boolean needsLabels() {
        return false;
    }

    @Override
    Outcome encode(Conversation conversation) {
        List<Message> messages = conversation.messages();
        boolean answered = conversation.isAnswered();
        List<Message> prompt = answered ? messages.subList(0, messages.size() - 1) : messages;
        Message answer = answered ? messages.get(messages.size() - 1) : Message.assistant("");
        EncodedTurn turn = answers.encode(prompt, answer, conversation);
        if (limit.refuses(turn.length())) {
            return new Outcome.TooLong(conversation.provenance(), turn.length(), limit);
        }
        EncodedTurn kept = turn.cut(limit.tokens(), limit.overlong());
        return Outcome.of(Sample.of(kept.tokens(), conversation.provenance()), turn.length() - kept.length());
    }
}
