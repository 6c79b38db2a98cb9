package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.weights.Parameter;

/** A matrix kept as an ordinary tensor; converted into the workspace where it is multiplied in another dtype. */
public final class DenseWeight extends WholeMatrix {
    public DenseWeight(Parameter parameter, Workspace workspace) {
        super(parameter, false, workspace);
    }
}
