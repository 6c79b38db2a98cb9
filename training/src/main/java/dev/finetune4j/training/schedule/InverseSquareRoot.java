package dev.finetune4j.training.schedule;

/** {@code inverse_sqrt}: 1/√(t/τ) after warm-up, shifted to meet it at 1; τ is {@code timescale}, by default the warm-up. */
public final class InverseSquareRoot implements ScheduleFactory {
    private static final int TIMESCALE_WITHOUT_WARMUP = 10_000;

    @Override
    public String name() {
        return "inverse_sqrt";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        double timescale = s.number("timescale", s.warmupSteps() == 0 ? TIMESCALE_WITHOUT_WARMUP : s.warmupSteps());
        if (!(timescale > 0)) {
            throw s.problem("timescale", timescale, "must be above 0, found " + timescale);
        }
        double shift = timescale - s.warmupSteps();
        return step -> step < s.warmupSteps() ? s.warmup(step) : 1 / Math.sqrt((step + shift) / timescale);
    }
}
