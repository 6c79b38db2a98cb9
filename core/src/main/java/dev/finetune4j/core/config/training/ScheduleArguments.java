package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Later;
import java.util.Map;

/**
 * How the learning rate moves.
 *
 * @param lrSchedulerType shape of the schedule. Default: linear
 * @param lrSchedulerKwargs further numbers of the shape, such as {@code num_cycles}, {@code power} or {@code min_lr}.
 *     Default: none
 * @param warmupRatio share of the run over which the rate rises from 0, rounded up to steps; in [0, 1]; counts when
 *     {@code warmup_steps} is 0. Default: 0
 * @param warmupSteps steps over which the rate rises from 0; a number below 1 is a share of the run; ≥ 0. Default: 0
 */
public record ScheduleArguments(
        @Later("greedy") @Default("linear") SchedulerType lrSchedulerType,
        Map<String, Object> lrSchedulerKwargs,
        @Default("0") double warmupRatio,
        @Default("0") double warmupSteps) {
    public ScheduleArguments {
        lrSchedulerKwargs = Check.copyOf(lrSchedulerKwargs);
        boolean whole = warmupSteps < 1 || warmupSteps == Math.rint(warmupSteps);
        new Check()
                .between("warmup_ratio", warmupRatio, 0, 1)
                .atLeast("warmup_steps", warmupSteps, 0)
                .that(whole, "warmup_steps", warmupSteps, "must be a whole number of steps, or a share below 1")
                .done();
    }

    /** Steps of warm-up in a run of {@code totalSteps}. */
    public int warmup(int totalSteps) {
        if (warmupSteps >= 1) {
            return (int) warmupSteps;
        }
        double share = warmupSteps > 0 ? warmupSteps : warmupRatio;
        return (int) Math.ceil(totalSteps * share);
    }

    /** A number of {@code lr_scheduler_kwargs}, or {@code otherwise} where it is not given. */
    public double number(String name, double otherwise) {
        return lrSchedulerKwargs.get(name) instanceof Number number ? number.doubleValue() : otherwise;
    }

    /** A word of {@code lr_scheduler_kwargs}, or {@code otherwise} where it is not given. */
    public String word(String name, String otherwise) {
        return lrSchedulerKwargs.get(name) instanceof String word ? word : otherwise;
    }
}
