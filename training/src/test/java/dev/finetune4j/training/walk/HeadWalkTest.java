package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Head;
import dev.finetune4j.core.model.config.ModelConfig.HeadConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss at the head and its gradient equal cross entropy under autograd. */
@NoTensorLeak
class HeadWalkTest {
    private static final LabelledTokens TOKENS =
            new LabelledTokens(new int[] {0, 1, 4, 7, 8}, new int[] {3, 39, 0, 3, 12}, new int[] {0, 0, 1, 1, 1});
    private static final double SCALE = 0.2;

    @ParameterizedTest
    @CsvSource({"0, 1, 16", "0, 1, 2", "0.1, 1, 16", "0.1, 1, 3", "0.999, 1, 16", "0, 40, 16", "0.1, 40, 2"})
    void headEqualsCrossEntropyUnderAutograd(double smoothing, double spread, int chunk) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(1)) {
            Head head = new Head(
                    parts.norm("norm", 12),
                    parts.linear("lm_head", 40, 12, false),
                    new HeadConfig(false, false, 1, 0, false),
                    ComputePolicy.FP32);
            parts.train(true);
            // A large spread makes softmax saturate: a sum of exponentials that is not shifted would overflow.
            parts.store().get("lm_head.weight").value().mul_(Torch.scalar(spread));
            Tensor hidden = parts.random().normal(10, 12);
            List<Tensor> inputs = new ArrayList<>(List.of(hidden));
            inputs.addAll(parts.values());
            try (GraphLayer graph = new GraphLayer(inputs, p -> loss(p, smoothing));
                    NoGradGuard noGrad = new NoGradGuard()) {
                HeadWalk walk = new HeadWalk(head, chunk, smoothing);
                HeadWalk.Outcome outcome = walk.forwardBackward(hidden, TOKENS, SCALE);
                double expectedLoss = graph.output().detach().item_double();
                assertEquals(expectedLoss, outcome.lossSum(), 1e-5 * Math.abs(expectedLoss));
                List<Tensor> expected = graph.backward(
                        Torch.floats(new float[] {(float) SCALE}, Device.CPU).view(new long[0]));
                Tolerance.assertClose("hidden", expected.get(0), outcome.gradient(), Tolerance.PAIR);
                int number = 1;
                for (Parameter parameter : parts.store().all()) {
                    Tolerance.assertClose(
                            parameter.name(),
                            expected.get(number++),
                            Objects.requireNonNull(parameter.gradient()),
                            Tolerance.PAIR);
                }
            }
        }
    }

    private static Tensor loss(List<Tensor> inputs, double smoothing) {
        Tensor chosen = inputs.get(0).index_select(0, Torch.ints(TOKENS.sources(), Device.CPU));
        Tensor logits = PlainOps.linear(PlainOps.rmsNorm(chosen, inputs.get(1), Parts.EPSILON), inputs.get(2));
        Tensor logProbs = torch.log_softmax(logits, 1);
        Tensor right =
                logProbs.gather(1, Torch.ints(TOKENS.labels(), Device.CPU).unsqueeze(1));
        return right.sum()
                .mul(Torch.scalar(-(1 - smoothing)))
                .add(logProbs.sum().mul(Torch.scalar(-smoothing / 40)));
    }
}
