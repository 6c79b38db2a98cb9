package dev.finetune4j.training.schedule;

import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;

/** Makes the schedule of one {@code lr_scheduler_type}. */
public interface ScheduleFactory extends Plugin {
    /**
     * @throws dev.finetune4j.core.error.ConfigException if {@code lr_scheduler_kwargs} does not fit this schedule
     */
    Schedule create(ScheduleSettings settings);

    /**
     * The schedule called {@code name}.
     *
     * @throws dev.finetune4j.core.error.UnsupportedException if there is none
     * @throws dev.finetune4j.core.error.ConfigException if an entry of {@code lr_scheduler_kwargs} is unknown to it,
     *     missing or out of range
     */
    static Schedule named(String name, ScheduleSettings settings) {
        Schedule schedule = Plugins.named(ScheduleFactory.class, name).create(settings);
        settings.checkAllRead(name);
        return schedule;
    }
}
