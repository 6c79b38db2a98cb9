package dev.finetune4j.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.Objects;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Torch's {@code padding_idx}: the row is read like any other and gets no gradient, but keeps what a tied head gave it. */
class PaddingRowTest {
    @Test
    void thePaddingRowGetsNoGradientFromTheInput() {
        try (Scope scope = Scope.open("test");
                Parameter weight = new Parameter("embed", Torch.zeros(DType.FLOAT32, Device.CPU, 3, 2))) {
            weight.trainable(true);
            Embedding embedding = new Embedding(
                    "embed",
                    weight,
                    new Embedding.Extras(InputConfig.PLAIN, null, null, OptionalInt.of(1)),
                    ComputePolicy.FP32);
            Tensor ids = Torch.ints(new int[] {1, 0, 1, 2, 2}, Device.CPU);
            Tensor positions = Torch.ints(new int[] {0, 1, 2, 3, 4}, Device.CPU);
            Tensor ones = Torch.zeros(DType.FLOAT32, Device.CPU, 5, 2).fill_(Torch.scalar(1));
            embedding.backward(ones, ids, positions);
            assertArrayEquals(new float[] {1, 1, 0, 0, 2, 2}, gradient(weight));
            weight.gradientBuffer().select(0, 1).fill_(Torch.scalar(7));
            embedding.backward(ones, ids, positions);
            assertArrayEquals(new float[] {2, 2, 7, 7, 4, 4}, gradient(weight));
        }
    }

    private static float[] gradient(Parameter weight) {
        return Torch.toFloats(Objects.requireNonNull(weight.gradient()));
    }
}
