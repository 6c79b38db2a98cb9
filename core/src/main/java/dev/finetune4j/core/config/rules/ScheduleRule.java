package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;

/** What the shape of the learning rate needs. */
final class ScheduleRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        // filled in below
    }
}
