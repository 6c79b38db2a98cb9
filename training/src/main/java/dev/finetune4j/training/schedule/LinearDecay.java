package dev.finetune4j.training.schedule;

/** {@code linear}: down to 0 at the end of the run, in proportion to the steps left. */
public final class LinearDecay implements ScheduleFactory {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        int span = Math.max(1, s.totalSteps() - s.warmupSteps());
        return step -> step < s.warmupSteps() ? s.warmup(step) : Math.max(0, (double) (s.totalSteps() - step) / span);
    }
}
