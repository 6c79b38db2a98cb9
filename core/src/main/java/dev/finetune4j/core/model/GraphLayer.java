package dev.finetune4j.core.model;

import dev.finetune4j.core.runtime.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The pair for an operation that nobody has differentiated by hand: forward under autograd from detached inputs, backward
 * through that small graph. Also the oracle against which the hand-written pairs are tested. Confined to a thread.
 */
public final class GraphLayer implements AutoCloseable {
    private final List<Tensor> inputs = new ArrayList<>();
    private final Tensor output;

    /** An operation on tensors. */
    public interface Operation {
        Tensor apply(List<Tensor> inputs);
    }

    /** Runs {@code operation} forward and keeps its graph. */
    public GraphLayer(List<Tensor> from, Operation operation) {
        try (Scope scope = Scope.open("graph layer");
                AutoGradMode grad = new AutoGradMode(true)) {
            for (Tensor input : from) {
                inputs.add(Scope.claim(input.detach().requires_grad_(true)));
            }
            output = Scope.claim(operation.apply(inputs));
        }
    }

    /** The result, still attached to the graph; owned by this layer. */
    public Tensor output() {
        return output;
    }

    /** Gradients of the inputs, in their order; owned by the caller's scope. */
    public List<Tensor> backward(Tensor gradient) {
        List<Tensor> result = new ArrayList<>();
        try (Scope scope = Scope.open("graph layer backward")) {
            TensorVector grads = torch.grad(
                    new TensorVector(output),
                    new TensorVector(inputs.toArray(new Tensor[0])),
                    new TensorVector(gradient),
                    new BoolOptional(false),
                    false,
                    false);
            for (int i = 0; i < inputs.size(); i++) {
                result.add(scope.keep(grads.get(i)));
            }
        }
        return result;
    }

    @Override
    public void close() {
        inputs.forEach(Tensor::close);
        output.close();
    }
}
