package dev.finetune4j.training;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Parts of an optimizer step, in their order. */
public enum Phase {
    /** Draw the step's micro-batches and add up what they count for. */
    LOAD,
    /** Divide micro-batches into walks that fit in memory. */
    PREPARE,
    /** Forward and backward. */
    WALK,
    /** Make one loss of the walks' sums. */
    REDUCE,
    /** Check the gradients, and scale them down to the norm allowed. */
    CLIP,
    /** Change the weights and let the gradients go. */
    UPDATE,
    /** Tell listeners and the log. */
    REPORT,
    /** Score the evaluation sets. */
    EVALUATE,
    /** Write a checkpoint. */
    SAVE;

    /** Adds up the time spent in each phase. */
    static final class Times {
        private final LongSupplier nanos;
        private final Map<Phase, Long> spent = new EnumMap<>(Phase.class);

        Times(LongSupplier nanos) {
            this.nanos = nanos;
        }

        <T> T get(Phase phase, Supplier<T> work) {
            long start = nanos.getAsLong();
            try {
                return work.get();
            } finally {
                spent.merge(phase, nanos.getAsLong() - start, Long::sum);
            }
        }

        void run(Phase phase, Runnable work) {
            get(phase, () -> {
                work.run();
                return phase;
            });
        }

        Map<Phase, Double> seconds() {
            Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
            spent.forEach((phase, time) -> seconds.put(phase, time / 1e9));
            return seconds;
        }
    }
}
