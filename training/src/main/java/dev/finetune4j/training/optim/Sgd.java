package dev.finetune4j.training.optim;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Plain gradient descent, {@code w ← w − η (g + λ w)}, without momentum, as the Hugging Face trainer uses it. */
public final class Sgd implements Optimizer {
    private final ParameterGroups groups;
    private final OptimizerState state = new OptimizerState();

    public Sgd(ParameterGroups groups) {
        this.groups = groups;
    }

    @Override
    public void update(List<Parameter> ready, double learningRate) {
        groups.withGradient(ready)
                .forEach((group, parameters) -> parameters.forEach(p -> update(p, p.gradient(), group, learningRate)));
    }

    private static void update(
            Parameter parameter, @Nullable Tensor gradient, ParameterGroups.Group group, double learningRate) {
        if (gradient == null) {
            return;
        }
        try (Scope scope = Scope.open("sgd")) {
            Tensor step = Torch.to(gradient, parameter.dtype());
            if (group.weightDecay() != 0) {
                step = step.add(parameter.value(), Torch.scalar(group.weightDecay()));
            }
            parameter.value().add_(step, Torch.scalar(-learningRate * group.rateFactor()));
        }
    }

    @Override
    public OptimizerState state() {
        return state;
    }

    /** {@code sgd}. */
    public static final class Factory implements OptimizerFactory {
        @Override
        public String name() {
            return "sgd";
        }

        @Override
        public Optimizer create(Settings settings) {
            return new Sgd(settings.groups());
        }
    }
}
