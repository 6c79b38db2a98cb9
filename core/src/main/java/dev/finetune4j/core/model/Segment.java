package dev.finetune4j.core.model;

import dev.finetune4j.core.weights.Parameter;
import java.util.List;

/** A named owner of parameters and a place in the walk: the input, a block, or the head. */
public interface Segment {
    /** Hugging Face name, such as {@code model.layers.0}. */
    String name();

    /** Its parameters, adapters included. */
    List<Parameter> parameters();

    /** Whether anything here trains; a walk stops below the lowest segment that does. */
    default boolean trains() {
        return parameters().stream().anyMatch(Parameter::trainable);
    }
}
