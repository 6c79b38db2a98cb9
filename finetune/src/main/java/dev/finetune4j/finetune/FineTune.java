package dev.finetune4j.finetune;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.finetune.rows.MemorySets;
import dev.finetune4j.finetune.run.Pipeline;
import dev.finetune4j.training.listener.TrainingListener;
import java.util.List;

/**
 * A checked request to fine-tune a model. Immutable and reusable: every {@link #run} is a run of its own.
 *
 * <pre>{@code
 * RunResult result = FineTune.builder()
 *     .model("models/smollm2")
 *     .lora(lora -> lora.rank(16))
 *     .dataset("alpaca_en_demo").template("smollm2")
 *     .outputDir(Path.of("out/smollm2-lora"))
 *     .build()
 *     .run();
 * }</pre>
 */
public final class FineTune {
    private final RunRequest request;
    private final List<TrainingListener> listeners;

    private FineTune(RunRequest request, List<TrainingListener> listeners) {
        this.request = request;
        this.listeners = List.copyOf(listeners);
    }

    /** An empty draft of settings. */
    public static FineTuneBuilder builder() {
        return new FineTuneBuilder();
    }

    static FineTune of(Settings settings, MemorySets memory, List<TrainingListener> listeners) {
        FineTuneArguments arguments = ArgumentsBinder.bind(settings);
        return new FineTune(new RunRequest(arguments, ArgumentsBinder.notes(settings), memory), listeners);
    }

    /** What was asked for, checked and complete. */
    public FineTuneArguments arguments() {
        return request.arguments();
    }

    /**
     * What {@link #run} would do: which parameters train, on how many rows, for how many steps, and how much memory that
     * takes. Reads the model's config and tokenizer and the data sets, but no weights.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if model folder, data or output folder do not allow the run
     */
    public RunPlan plan() {
        try (Preparation run = Preparation.of(request)) {
            return RunPlan.of(run);
        }
    }

    /** The first rows as the model will see them, at most so many, in the order of the files. */
    public List<RowPreview> preview(int most) {
        return RowPreview.of(request, most);
    }

    /**
     * Looks at the first rows of each data set: columns, roles, layout, whether the catalog describes them rightly, and what
     * encoding makes of them. Needs the model's tokenizer, not its weights. What is wrong with rows is in the answer.
     *
     * @param most rows to look at in each set
     * @throws dev.finetune4j.core.error.FineTuneException if there is no tokenizer or template
     */
    public DataReport check(int most) {
        return DataReport.of(request, most);
    }

    /**
     * Runs on a thread of its own and waits for the end.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if the run fails
     */
    public RunResult run() {
        return start().await();
    }

    /** Runs on a thread of its own, for applications that must stay responsive. */
    public Run start() {
        return Run.start(new Pipeline(request, listeners));
    }

    /** The settings, one a line, as YAML. */
    @Override
    public String toString() {
        return ArgumentsBinder.settingsOf(request.arguments()).print();
    }
}
