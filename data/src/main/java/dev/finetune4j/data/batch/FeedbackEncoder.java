package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.batch.limit.Overlong;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers with a verdict, each beside the answer of the row before it, which does not belong to its question: the policy's
 * divergence from the reference is measured on those (KTO, Ethayarajh et al. 2024, section 4). The first usable row of a
 * group takes the answer of the last.
 */
public final class FeedbackEncoder implements GroupEncoder {
    private final AnswerEncoder answers;
    private final LengthLimit limit;
    private final boolean likeLlamaFactory;

    /**
     * @param tokenizer as the template needs it
     * @param likeLlamaFactory whether a wanted answer without text counts as unwanted
     */
    public FeedbackEncoder(Template template, Tokenizer tokenizer, LengthLimit limit, boolean likeLlamaFactory) {
        this.answers = new AnswerEncoder(template, tokenizer);
        this.limit = limit;
        this.likeLlamaFactory = likeLlamaFactory;
    }

    @Override
    public List<Sample> encode(List<Reading> group, CutReport report) {
        List<@Nullable Outcome> outcomes = new ArrayList<>();
        List<Conversation> usable = new ArrayList<>();
        for (Reading reading : group) {
            Outcome unusable = unusable(reading);
            outcomes.add(unusable);
            if (unusable == null) {
                usable.add(((Reading.Accepted) reading).conversation());
            }
        }
        Iterator<Outcome> encoded = IntStream.range(0, usable.size())
                .parallel()
                .mapToObj(i -> encode(usable.get(i), answer(usable.get(i == 0 ? usable.size() - 1 : i - 1))))
                .toList()
                .iterator();
        List<Outcome> all = outcomes.stream()
                .map(outcome -> outcome == null ? encoded.next() : outcome)
                .toList();
        return Outcome.kept(all, report, likeLlamaFactory);
    }

    private static @Nullable Outcome unusable(Reading reading) {
        if (reading instanceof Reading.Rejected rejected) {
            return new Outcome.Rejected(rejected.rejection());
        }
        Conversation conversation = ((Reading.Accepted) reading).conversation();
        RowEncoder.refuseMedia(conversation);
        if (conversation.feedback() == null) {
            return Outcome.rejected(conversation.provenance(), "no verdict on the answer");
        }
        boolean answered = conversation.isAnswered() && conversation.messages().size() % 2 == 0;
        return answered ? null : Outcome.rejected(conversation.provenance(), "no answer to judge");
    }

    private static Message answer(Conversation conversation) {
        return conversation.messages().get(conversation.messages().size() - 1);
    }

    private Outcome encode(Conversation conversation, Message mismatched) {
        try {
            List<Message> prompt =
                    conversation.messages().subList(0, conversation.messages().size() - 1);
            Message own = answer(conversation);
            EncodedTurn turn = answers.encode(prompt, own, conversation);
            EncodedTurn other = answers.encode(prompt, mismatched, conversation);
            if (limit.refuses(turn.length())) {
                return new Outcome.TooLong(conversation.provenance(), turn.length(), limit);
            }
            EncodedTurn kept = turn.cut(limit.tokens(), limit.overlong());
            // The mismatched answer is a measuring stick; it is trimmed whatever becomes of rows that are too long.
            Tokens measure = other.cut(limit.tokens(), Overlong.TRIM).tokens();
            boolean wanted = Boolean.TRUE.equals(conversation.feedback())
                    && !(likeLlamaFactory && own.content().isEmpty());
            Sample sample = new Sample(List.of(kept.tokens(), measure), wanted, conversation.provenance());
            return Outcome.of(sample, turn.length() - kept.length());
        } catch (TemplateException e) {
            return Outcome.unrendered(conversation.provenance(), e);
        }
    }
}
