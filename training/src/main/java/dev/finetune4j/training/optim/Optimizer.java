package dev.finetune4j.training.optim;

import dev.finetune4j.core.weights.Parameter;
import java.util.List;

/** Updates parameters whose gradients are final; owns its state by parameter name. Confined to the training thread. */
public interface Optimizer extends AutoCloseable {
    default UpdateTiming timing() {
        return UpdateTiming.AFTER_WALK;
    }

    /**
     * One update.
     *
     * @param ready parameters to update; one without a gradient is left alone, its decay and step count too
     * @param learningRate rate of this step, before the factor of a parameter's group
     */
    void update(List<Parameter> ready, double learningRate);

    /** The live state, for checkpoints; restoring into it is how a run resumes. */
    OptimizerState state();

    @Override
    default void close() {
        state().close();
    }
}
