package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import java.util.List;

/** Encodes each row by itself. */
abstract class RowEncoder implements GroupEncoder {
    /** Why the stage cannot use a conversation; empty where it can. */
    abstract String fault(Conversation conversation);

    abstract Outcome encode(Conversation conversation);

    /** Whether samples without a learned token stay. */
    abstract boolean keepsUntrained();

    @Override
    public final List<Sample> encode(List<Reading> group, CutReport report) {
        // Encoding is pure, so threads may share it; counting is not, and follows in the order of the rows.
        List<Outcome> outcomes = group.parallelStream().map(this::outcome).toList();
        return Outcome.kept(outcomes, report, keepsUntrained());
    }

    private Outcome outcome(Reading reading) {
        if (reading instanceof Reading.Rejected rejected) {
            return new Outcome.Rejected(rejected.rejection());
        }
        Conversation conversation = ((Reading.Accepted) reading).conversation();
        String fault = fault(conversation);
        if (!fault.isEmpty()) {
            return Outcome.rejected(conversation.provenance(), fault);
        }
        refuseMedia(conversation);
        try {
            return encode(conversation);
        } catch (TemplateException e) {
            return Outcome.unrendered(conversation.provenance(), e);
        }
    }

    static void refuseMedia(Conversation conversation) {
        if (!conversation.media().isEmpty()) {
            throw new UnsupportedException(conversation.provenance()
                    + ": images, videos and audio are known, but not available yet. Leave the media columns out.");
        }
    }

    /** Messages of a conversation before its answer. */
    static boolean endsWithTheOtherSide(Conversation conversation) {
        return conversation.messages().size() % 2 == 1 && !conversation.isAnswered();
    }
}
