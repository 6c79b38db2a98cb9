package dev.finetune4j.training.schedule;

/** {@code polynomial}: from the configured rate to {@code lr_end} along a power of the share left. */
public final class PolynomialDecay implements ScheduleFactory {
    private static final double END = 1e-7;

    @Override
    public String name() {
        return "polynomial";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        double end = s.number("lr_end", END);
        double power = s.number("power", 1);
        double rate = s.learningRate();
        if (!(rate > end)) {
            throw s.problem("lr_end", end, "must be below learning_rate, which is " + rate + ", found " + end);
        }
        return step -> {
            if (step < s.warmupSteps()) {
                return s.warmup(step);
            }
            double left = step > s.totalSteps() ? 0 : Math.pow(1 - s.progress(step), power);
            return ((rate - end) * left + end) / rate;
        };
    }
}
