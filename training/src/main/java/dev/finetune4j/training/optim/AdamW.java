package dev.finetune4j.training.optim;

import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay, all tensors of a group in one fused call:
 * {@code m ← β₁m + (1−β₁)g}, {@code v ← β₂v + (1−β₂)g²},
 * {@code w ← w − η λ w − η (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε)}.
 *
 * <p>Moments have the parameter's dtype: fp32, or bf16 where the run keeps its trainable weights so.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter 2019, algorithm 2</a>
 */
public final class AdamW implements Optimizer {
    static final String FIRST = "exp_avg";
    static final String SECOND = "exp_avg_sq";

    private final OptimizerFactory.Settings settings;
    private final OptimizerState state = new OptimizerState();

    public AdamW(OptimizerFactory.Settings settings) {
        this.settings = settings;
    }

    @Override
    public void update(List<Parameter> ready, double learningRate) {
        settings.groups().withGradient(ready).forEach((group, parameters) -> {
            try (Scope scope = Scope.open("adamw")) {
                Torch.fusedAdamW(lists(parameters), new double[] {
                    learningRate * group.rateFactor(),
                    settings.beta1(),
                    settings.beta2(),
                    group.weightDecay(),
                    settings.epsilon()
                });
            }
        });
    }

    private List<List<Tensor>> lists(List<Parameter> parameters) {
        List<List<Tensor>> lists = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            lists.add(new ArrayList<>(parameters.size()));
        }
        Map<Long, Tensor> counts = new HashMap<>();
        for (Parameter parameter : parameters) {
            lists.get(0).add(parameter.value());
            lists.get(1).add(gradient(parameter, parameter.gradient()));
            lists.get(2).add(state.like(parameter, FIRST));
            lists.get(3).add(state.like(parameter, SECOND));
            // The kernel only reads the count, so parameters updated equally often share one tensor.
            lists.get(4)
                    .add(counts.computeIfAbsent(
                            state.nextStep(parameter),
                            n -> Torch.floats(new float[] {n}, Device.CPU).view(new long[0])));
        }
        return lists;
    }

    private static Tensor gradient(Parameter parameter, @Nullable Tensor gradient) {
        if (gradient == null) {
            throw new IllegalStateException(parameter.name() + " has no gradient");
        }
        return Torch.to(gradient, parameter.dtype());
    }

    @Override
    public OptimizerState state() {
        return state;
    }

    /** {@code adamw_torch}. */
    public static final class Factory implements OptimizerFactory {
        @Override
        public String name() {
            return "adamw_torch";
        }

        @Override
        public Optimizer create(Settings settings) {
            return new AdamW(settings);
        }
    }

    /** {@code adamw_torch_fused}: the same optimizer; this library always takes the fused kernel. */
    public static final class FusedFactory implements OptimizerFactory {
        @Override
        public String name() {
            return "adamw_torch_fused";
        }

        @Override
        public Optimizer create(Settings settings) {
            return new AdamW(settings);
        }
    }
}
