package dev.finetune4j.training.schedule;

import org.jspecify.annotations.Nullable;

/** {@code cosine_with_min_lr}: a cosine that ends at {@code min_lr}, or at {@code min_lr_rate} times the rate. */
public final class CosineToMinimum implements ScheduleFactory {
    @Override
    public String name() {
        return "cosine_with_min_lr";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        double cycles = s.number("num_cycles", 0.5);
        double minimum = minimum(s);
        return step ->
                step < s.warmupSteps() ? s.warmup(step) : above(minimum, CosineDecay.wave(cycles, s.progress(step)));
    }

    private static double above(double minimum, double factor) {
        return Math.max(0, factor * (1 - minimum) + minimum);
    }

    /** The lowest factor; exactly one of the two ways to say it must be used. */
    private static double minimum(ScheduleSettings s) {
        Double rate = s.number("min_lr");
        Double share = s.number("min_lr_rate");
        if ((rate == null) == (share == null)) {
            throw s.problem("min_lr", rate, "or min_lr_rate must be given, and not both");
        }
        return share != null ? share : rate(rate) / s.learningRate();
    }

    private static double rate(@Nullable Double rate) {
        return rate == null ? 0 : rate;
    }

    /**
     * {@code cosine_warmup_with_min_lr}: the same, but the warm-up already moves in its first step, and may begin at
     * {@code warmup_lr_rate}.
     */
    public static final class EagerWarmup implements ScheduleFactory {
        @Override
        public String name() {
            return "cosine_warmup_with_min_lr";
        }

        @Override
        public Schedule create(ScheduleSettings s) {
            double cycles = s.number("num_cycles", 0.5);
            double minimum = minimum(s);
            Double start = s.number("warmup_lr_rate");
            double span = Math.max(1, s.totalSteps() - s.warmupSteps());
            return step -> step < s.warmupSteps()
                    ? warmup(s.warmupSteps(), start, step)
                    : above(minimum, CosineDecay.wave(cycles, (step - s.warmupSteps() + 1.0) / span));
        }

        private static double warmup(int steps, @Nullable Double start, long step) {
            return start == null
                    ? (step + 1.0) / Math.max(1, steps)
                    : start + (1 - start) * step / Math.max(1, steps - 1);
        }
    }
}
