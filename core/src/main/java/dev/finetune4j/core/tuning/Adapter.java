package dev.finetune4j.core.tuning;

import dev.finetune4j.core.weights.Parameter;
import java.nio.file.Path;
import java.util.List;

/** What a {@link TuningMethod} installed in a model. The model owns the parameters. Confined to the thread that trains. */
public interface Adapter {
    /** What trains; the model's store holds the same objects in the same order. */
    List<Parameter> parameters();

    /**
     * Switches the learned change off, which leaves the model as it was before {@link TuningMethod#install}, and on again.
     *
     * @throws IllegalStateException if {@link #separable} is false
     */
    void enabled(boolean on);

    boolean enabled();

    /**
     * Whether what is learned lies beside the model's own weights. If so, {@link #save} writes an adapter folder; if not,
     * the result is the whole model, which a model exporter writes.
     */
    boolean separable();

    /**
     * Writes an adapter folder that PEFT loads: its config and its tensors, each file atomically. The folder is made if it
     * is missing; other files in it stay.
     *
     * @throws IllegalStateException if {@link #separable} is false
     * @throws dev.finetune4j.core.error.WeightException if it cannot be written
     */
    void save(Path folder);

    /**
     * Writes what was learned into the model's own weights, in their stored dtype, and takes the adapter out. Nothing trains
     * afterwards. Does nothing where {@link #separable} is false.
     */
    void merge();
}
