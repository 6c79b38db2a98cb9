package dev.finetune4j.training.optim;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Clips all gradients together to a Euclidean norm, with the arithmetic of torch's {@code clip_grad_norm_}. */
public final class GradientClip {
    private static final float GUARD = 1e-6f;

    private GradientClip() {}

    /**
     * Scales the gradients down if their common norm exceeds {@code limit}.
     *
     * @param limit largest norm; 0 or less leaves the gradients as they are
     * @return the norm before clipping; 0 without gradients. If it is not finite, nothing was scaled
     */
    public static double clip(List<Parameter> parameters, double limit) {
        try (Scope scope = Scope.open("clip")) {
            List<Tensor> gradients = gradients(parameters);
            float norm = norm(gradients);
            float factor = (float) limit / (norm + GUARD);
            if (limit > 0 && Float.isFinite(norm) && factor < 1) {
                for (Tensor gradient : gradients) {
                    gradient.mul_(Torch.scalar(factor));
                }
            }
            return norm;
        }
    }

    private static float norm(List<Tensor> gradients) {
        if (gradients.isEmpty()) {
            return 0;
        }
        List<Tensor> norms = new ArrayList<>();
        for (Tensor norm : Torch.norms(gradients)) {
            norms.add(norm.view(1));
        }
        return Torch.toFloats(Torch.norms(List.of(Torch.cat(norms)))[0])[0];
    }

    /** The first parameter, in the order given, whose gradient holds a value that is not finite; null if none does. */
    public static @Nullable Parameter firstNotFinite(List<Parameter> parameters) {
        for (Parameter parameter : parameters) {
            if (parameter.gradient() != null && !finite(parameter.gradient())) {
                return parameter;
            }
        }
        return null;
    }

    /** Whether every value of a tensor is finite. */
    public static boolean finite(Tensor tensor) {
        try (Scope scope = Scope.open("finite")) {
            return tensor.isfinite().all().item_bool();
        }
    }

    private static List<Tensor> gradients(List<Parameter> parameters) {
        List<Tensor> gradients = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Tensor gradient = parameter.gradient();
            if (gradient != null) {
                gradients.add(gradient);
            }
        }
        return gradients;
    }
}
