package dev.finetune4j.training.schedule;

import java.util.Map;

/** A schedule that follows an evaluation metric; its factor holds until the next evaluation. */
public interface MetricSchedule extends Schedule {
    /** Takes the metric of one evaluation. */
    void observe(double metric);

    /** What it has seen, for a checkpoint. */
    Map<String, Double> state();

    /** Goes on from {@link #state()}. */
    void restore(Map<String, Double> state);
}
