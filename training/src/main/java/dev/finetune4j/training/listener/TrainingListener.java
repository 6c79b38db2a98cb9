package dev.finetune4j.training.listener;

import java.nio.file.Path;
import java.util.Map;

/** Observes a run on its thread; an exception thrown here ends the run. */
public interface TrainingListener {
    /** After a checkpoint was taken up, before the first update. */
    default void runStarted(RunView run) {}

    default void epochStarted(RunView run) {}

    default void epochEnded(RunView run) {}

    /** After every update, before its log, evaluation and save. */
    default void stepEnded(RunView run) {}

    /**
     * When an entry joins the log history.
     *
     * @param entry figures by name in the order they are written, with {@code epoch} and {@code step}
     */
    default void logged(RunView run, Map<String, Number> entry) {}

    /** After all evaluation sets were scored. */
    default void evaluated(RunView run, Map<String, Number> metrics) {}

    /** After a checkpoint is complete. */
    default void saved(RunView run, Path checkpoint) {}

    /** After the last log entry of a run that ended well. */
    default void runEnded(RunView run) {}
}
