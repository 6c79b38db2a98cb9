package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.weights.Parameter;

/** A matrix that its checkpoint holds as {@code [in, out]}, as GPT-2's do. Its parameter and its gradient keep that shape. */
public final class TransposedWeight extends WholeMatrix {
    public TransposedWeight(Parameter parameter, Workspace workspace) {
        super(parameter, true, workspace);
    }
}
