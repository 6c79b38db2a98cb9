package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.layers.Norms;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.TransposedWeight;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.Weight;
import org.jspecify.annotations.Nullable;

/** Linear maps and norms over the parameters of a store. */
record LayerParts(ModelConfig config, ParameterStore store, Workspace workspace) {
    Linear linear(String name) {
        Parameter matrix = store.get(name + ".weight");
        Weight weight = config.stored().transposed()
                ? new TransposedWeight(matrix, workspace)
                : new DenseWeight(matrix, workspace);
        return new Linear(name, weight, store.find(name + ".bias"));
    }

    Norm norm(String name, NormConfig norm) {
        @Nullable Parameter weight = norm.kind().hasWeight() ? store.get(name + ".weight") : null;
        @Nullable Parameter bias = norm.kind().hasBias() ? store.get(name + ".bias") : null;
        return Norms.of(norm, weight, bias);
    }
}
