package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A norm over the last dimension. A pair that saves nothing: backward computes the statistics again from the input. */
public interface Norm {
    /**
     * @param x {@code [..., width]}
     * @param into shape of {@code x}, in the dtype of the result
     * @return {@code into}
     */
    Tensor forward(Tensor x, Tensor into);

    /** As {@link #forward(Tensor, Tensor)}, into fresh memory of a dtype; owned by the caller's scope. */
    default Tensor forward(Tensor x, DType dtype) {
        return forward(x, Torch.empty(dtype, Torch.device(x), x.shape()));
    }

    /**
     * Input gradient; adds to the gradients of the parameters if they train.
     *
     * @param dy gradient of the result
     * @param x input of forward
     * @return gradient in the dtype of {@code x}
     */
    Tensor backward(Tensor dy, Tensor x);

    List<Parameter> parameters();
}
