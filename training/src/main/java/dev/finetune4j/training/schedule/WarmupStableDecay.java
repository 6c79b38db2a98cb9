package dev.finetune4j.training.schedule;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code warmup_stable_decay}: up, level, down, each over its own number of steps. Without numbers the steps after warm-up
 * are divided as LLaMA-Factory does: a third level, the rest down.
 *
 * @see <a href="https://arxiv.org/abs/2404.06395">Hu et al. 2024, section 4</a>
 */
public final class WarmupStableDecay implements ScheduleFactory {
    private static final List<String> SHAPES = List.of("linear", "cosine", "1-sqrt");

    @Override
    public String name() {
        return "warmup_stable_decay";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        int after = s.totalSteps() - s.warmupSteps();
        int third = Math.floorDiv(after, 3);
        int stable = s.steps("num_stable_steps", Math.max(0, third));
        int decay = s.steps("num_decay_steps", Math.max(0, after - third));
        double minimum = s.number("min_lr_ratio", 0);
        DoubleUnaryOperator up = up(s.word("warmup_type", "linear", SHAPES));
        DoubleUnaryOperator down = down(s.word("decay_type", "cosine", SHAPES), s.number("num_cycles", 0.5));
        int level = s.warmupSteps();
        int fall = level + stable;
        return step -> {
            if (step < level) {
                return between(minimum, up.applyAsDouble(s.warmup(step)));
            }
            if (step < fall) {
                return 1;
            }
            return step < fall + decay
                    ? between(minimum, down.applyAsDouble((double) (step - fall) / Math.max(1, decay)))
                    : minimum;
        };
    }

    private static double between(double minimum, double shape) {
        return Math.max(0, shape * (1 - minimum) + minimum);
    }

    private static DoubleUnaryOperator up(String shape) {
        return switch (shape) {
            case "linear" -> x -> x;
            case "cosine" -> x -> 0.5 * (1 - Math.cos(Math.PI * x));
            default -> x -> 1 - Math.sqrt(1 - x);
        };
    }

    private static DoubleUnaryOperator down(String shape, double cycles) {
        return switch (shape) {
            case "linear" -> x -> 1 - x;
            case "cosine" -> x -> CosineDecay.wave(cycles, x);
            default -> x -> 1 - Math.sqrt(x);
        };
    }
}
