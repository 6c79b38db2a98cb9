package dev.finetune4j.data.batch;

import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.batch.limit.TokenBudget;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import java.util.Objects;

/**
 * Two answers to the same conversation, the better one first; only the answers carry labels. Both are cut to the same
 * length, by the longer of the two.
 */
public final class PairwiseEncoder extends RowEncoder {
    private final AnswerEncoder answers;
    private final LengthLimit limit;
    private final boolean likeLlamaFactory;

    /**
     * @param tokenizer as the template needs it
     * @param likeLlamaFactory whether the rejected answer stands behind the chosen one's prompt even where a template that
     *     reasons writes another for it
     */
    public PairwiseEncoder(Template template, Tokenizer tokenizer, LengthLimit limit, boolean likeLlamaFactory) {
        this.answers = new AnswerEncoder(template, tokenizer);
        this.limit = limit;
        this.likeLlamaFactory = likeLlamaFactory;
    }

    @Override
    String fault(Conversation conversation) {
        if (conversation.preference() == null) {
            return "no pair of answers to compare";
        }
        return endsWithTheOtherSide(conversation) ? "" : "the messages before the two answers end with an answer";
    }

    @Override
    boolean keepsUntrained() {
        return likeLlamaFactory;
    }

    @Override
    Outcome encode(Conversation conversation) {
        Preference pair = Objects.requireNonNull(conversation.preference());
        EncodedTurn chosen = answers.encode(conversation.messages(), pair.chosen(), conversation);
        EncodedTurn other = answers.encode(conversation.messages(), pair.rejected(), conversation);
        EncodedTurn rejected = likeLlamaFactory ? new EncodedTurn(chosen.prompt(), other.response()) : other;
        int prompt = Math.max(chosen.prompt().length, rejected.prompt().length);
        int response = Math.max(chosen.response().length, rejected.response().length);
        if (limit.refuses(prompt + response)) {
            return new Outcome.TooLong(conversation.provenance(), prompt + response, limit);
        }
        TokenBudget budget = TokenBudget.of(prompt, response, limit.tokens(), limit.overlong());
        EncodedTurn better = chosen.cut(budget);
        EncodedTurn worse = rejected.cut(budget);
        int lost = chosen.length() + rejected.length() - better.length() - worse.length();
        Sample sample = new Sample(List.of(better.tokens(), worse.tokens()), null, conversation.provenance());
        return Outcome.of(sample, lost);
    }
}
