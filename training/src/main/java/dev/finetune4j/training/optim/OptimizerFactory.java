package dev.finetune4j.training.optim;

import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;

/** Makes the optimizer of one value of {@code optim}. */
public interface OptimizerFactory extends Plugin {
    /**
     * What the Hugging Face trainer's settings say about an optimizer.
     *
     * @param groups rate factor and weight decay of each parameter
     * @param beta1 decay of the first moment; in [0, 1)
     * @param beta2 decay of the second moment; in [0, 1)
     * @param epsilon added to the root of the second moment; ≥ 0
     */
    record Settings(ParameterGroups groups, double beta1, double beta2, double epsilon) {
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon >= 0)) {
                throw new IllegalArgumentException(
                        "adam_beta1 and adam_beta2 lie in [0, 1), adam_epsilon from 0; found " + beta1 + ", " + beta2
                                + ", " + epsilon);
            }
        }
    }

    Optimizer create(Settings settings);

    /**
     * The optimizer called {@code name}.
     *
     * @throws dev.finetune4j.core.error.UnsupportedException if there is none
     */
    static Optimizer named(String name, Settings settings) {
        return Plugins.named(OptimizerFactory.class, name).create(settings);
    }
}
