package dev.finetune4j.adapters.full;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.function.Predicate;

/** Marks the parameters of a model, and raises those that train to the dtype they train in. */
public final class Trainable {
    private Trainable() {}

    /** Trains the parameters that {@code which} accepts, freezes the others. */
    public static void mark(Decoder decoder, Predicate<Parameter> which, boolean pureBf16) {
        for (Parameter parameter : decoder.parameters().all()) {
            boolean trains = which.test(parameter);
            parameter.trainable(trains);
            if (trains) {
                raise(parameter, pureBf16);
            }
        }
    }

    /**
     * Dtype in which something trains whose stored form has {@code stored}. fp32: an update of a bf16 weight is mostly
     * smaller than half a unit in its last place and would be rounded away.
     */
    public static DType dtype(DType stored, boolean pureBf16) {
        return pureBf16 || stored == DType.FLOAT64 ? stored : DType.FLOAT32;
    }

    private static void raise(Parameter parameter, boolean pureBf16) {
        DType dtype = dtype(parameter.dtype(), pureBf16);
        if (parameter.dtype() != dtype) {
            try (Scope scope = Scope.open("raise " + parameter.name())) {
                parameter.replace(Torch.copy(parameter.value(), dtype));
            }
        }
    }
}
