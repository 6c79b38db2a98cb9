package dev.finetune4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class TapeTest {
    @Test
    void savedTensorsOutliveTheScopeTheyWereMadeIn() {
        try (Tape tape = Tape.saving(Draws.NONE, null)) {
            try (Scope scope = Scope.open("forward")) {
                tape.put("x", Torch.zeros(DType.FLOAT32, Device.CPU, 3));
            }
            assertEquals(3, tape.get("x").numel());
            assertEquals(12, tape.bytes());
            assertTrue(tape.saves());
        }
    }

    @Test
    void tapeThatIsOffSavesNothing() {
        try (Scope scope = Scope.open("test");
                Tape tape = Tape.off(Draws.NONE)) {
            tape.put("x", Torch.zeros(DType.FLOAT32, Device.CPU, 3));
            assertEquals(0, tape.bytes());
            assertThrows(IllegalStateException.class, () -> tape.get("x"));
        }
    }

    @Test
    void thinTapeTakesWideThingsOnlyInAReplayAndKeepsWhatItHas() {
        try (Scope scope = Scope.open("test");
                Tape tape = Tape.thin(Draws.NONE, null)) {
            tape.put("thin", Torch.zeros(DType.FLOAT32, Device.CPU, 3));
            tape.putWide("wide", Torch.zeros(DType.FLOAT32, Device.CPU, 5));
            assertEquals(12, tape.bytes());
            tape.replay();
            tape.put("thin", Torch.zeros(DType.FLOAT32, Device.CPU, 4));
            tape.putWide("wide", Torch.zeros(DType.FLOAT32, Device.CPU, 5));
            assertEquals(32, tape.bytes());
            assertThrows(IllegalStateException.class, tape::replay);
        }
    }

    @Test
    void nameUsedTwiceIsAFaultAndLeavesNothing() {
        try (Scope scope = Scope.open("test");
                Tape tape = Tape.saving(Draws.NONE, null)) {
            Tensor x = Torch.zeros(DType.FLOAT32, Device.CPU, 3);
            tape.put("x", x);
            assertThrows(IllegalStateException.class, () -> tape.put("x", x));
        }
    }

    @Test
    void graphLayerGivesTheGradientsOfItsInputsAndIsFreed() {
        long before = Scope.liveObjects();
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(1);
            Tensor a = random.normal(4);
            Tensor b = random.normal(4);
            try (GraphLayer graph =
                    new GraphLayer(List.of(a, b), in -> in.get(0).mul(in.get(1)))) {
                Tensor ones = Torch.zeros(DType.FLOAT32, Device.CPU, 4).add_(Torch.scalar(1));
                List<Tensor> gradients = graph.backward(ones);
                Tolerance.assertSame("da", b, gradients.get(0));
                Tolerance.assertSame("db", a, gradients.get(1));
            }
            assertTrue(!a.requires_grad());
        }
        assertEquals(before, Scope.liveObjects());
    }
}
