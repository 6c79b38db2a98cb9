package dev.finetune4j.training.schedule;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code constant}: the configured rate from the first step on. */
public final class ConstantRate implements ScheduleFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ConstantRate.class);

    @Override
    public String name() {
        return "constant";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        if (s.warmupSteps() > 0) {
            LOG.warn(
                    "lr_scheduler_type constant has no warm-up; warmup_steps or warmup_ratio ({} steps) has no effect."
                            + " Use constant_with_warmup for one.",
                    s.warmupSteps());
        }
        return step -> 1;
    }

    /** {@code constant_with_warmup}: the configured rate after a linear warm-up. */
    public static final class AfterWarmup implements ScheduleFactory {
        @Override
        public String name() {
            return "constant_with_warmup";
        }

        @Override
        public Schedule create(ScheduleSettings s) {
            return step -> step < s.warmupSteps() ? s.warmup(step) : 1;
        }
    }
}
