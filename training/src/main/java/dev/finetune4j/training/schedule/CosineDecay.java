package dev.finetune4j.training.schedule;

/** {@code cosine}: ½(1 + cos 2πcp) of the progress p, with c = {@code num_cycles}, by default half a wave down to 0. */
public final class CosineDecay implements ScheduleFactory {
    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        double cycles = s.number("num_cycles", 0.5);
        return step -> step < s.warmupSteps() ? s.warmup(step) : Math.max(0, wave(cycles, s.progress(step)));
    }

    /** Half the height of a cosine lifted to [0, 1]. */
    static double wave(double cycles, double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress));
    }
}
