package dev.finetune4j.training.schedule;

/**
 * {@code cosine_with_restarts}: {@code num_cycles} half waves from 1 to 0, each starting again at 1.
 *
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter 2017</a>
 */
public final class CosineRestarts implements ScheduleFactory {
    @Override
    public String name() {
        return "cosine_with_restarts";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        double cycles = s.number("num_cycles", 1);
        return step -> step < s.warmupSteps() ? s.warmup(step) : factor(cycles, s.progress(step));
    }

    private static double factor(double cycles, double progress) {
        if (progress >= 1) {
            return 0;
        }
        return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * (cycles * progress % 1.0))));
    }
}
