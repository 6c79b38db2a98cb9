package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.NoTensorLeak;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class ScopeTest {
    private static Tensor tensor() {
        return Torch.zeros(DType.FLOAT32, Device.CPU, 3);
    }

    @Test
    void closingFreesWhatWasMadeInside() {
        Tensor inside;
        try (Scope scope = Scope.open("a")) {
            inside = tensor();
        }
        assertTrue(inside.isNull());
    }

    @Test
    void keptTensorLivesAsLongAsTheParent() {
        Tensor kept;
        try (Scope outer = Scope.open("outer")) {
            try (Scope inner = Scope.open("inner")) {
                kept = inner.keep(tensor());
            }
            assertEquals(3, kept.numel());
        }
        assertTrue(kept.isNull());
    }

    @Test
    void tensorKeptByTheOutermostScopeIsTheCallersToClose() {
        long before = Scope.liveObjects();
        Tensor kept;
        try (Scope scope = Scope.open("only")) {
            kept = scope.keep(tensor());
        }
        assertEquals(3, kept.numel());
        kept.close();
        assertEquals(before, Scope.liveObjects());
    }

    @Test
    void keptReferenceBecomesAHandleThatOwns() {
        try (Scope outer = Scope.open("outer")) {
            Tensor kept;
            try (Scope inner = Scope.open("inner")) {
                TensorVector vector = new TensorVector(tensor().add_(Torch.scalar(2)));
                kept = inner.keep(vector.get(0));
            }
            assertEquals(6, kept.sum().item_float());
        }
    }

    @Test
    void claimedTensorOutlivesAllScopesAndOneCloseFreesIt() {
        long before = Scope.liveObjects();
        Tensor claimed;
        try (Scope outer = Scope.open("outer");
                Scope inner = Scope.open("inner")) {
            claimed = Scope.claim(tensor());
        }
        assertEquals(3, claimed.numel());
        claimed.close();
        assertEquals(before, Scope.liveObjects());
    }

    @Test
    void tensorOfAnOuterScopeMayBeKeptByAnInnerOne() {
        Tensor outside;
        try (Scope outer = Scope.open("outer")) {
            outside = tensor();
            try (Scope inner = Scope.open("inner")) {
                inner.keep(outside);
            }
            assertEquals(3, outside.numel());
        }
        assertTrue(outside.isNull());
    }

    @Test
    void closingOutOfOrderIsRefusedAndNamesBothScopes() {
        Scope outer = Scope.open("outer");
        Scope inner = Scope.open("inner");
        String message = assertThrows(IllegalStateException.class, outer::close).getMessage();
        assertTrue(message.contains("outer") && message.contains("inner"), message);
        inner.close();
        outer.close();
        assertThrows(IllegalStateException.class, outer::close);
    }

    @Test
    void dumpNamesOpenScopesInnermostFirst() {
        try (Scope outer = Scope.open("run");
                Scope inner = Scope.open("step")) {
            assertEquals("step\nrun\n", Scope.dump());
        }
        assertEquals("", Scope.dump());
    }

    @Test
    void exceptionInsideLeavesNothing() {
        long before = Scope.liveObjects();
        assertThrows(IllegalStateException.class, () -> {
            try (Scope outer = Scope.open("outer");
                    Scope inner = Scope.open("inner")) {
                inner.keep(tensor());
                throw new IllegalStateException("stop");
            }
        });
        assertEquals(before, Scope.liveObjects());
        assertEquals("", Scope.dump());
    }

    @Test
    void scopesBelongToTheirThread() throws Exception {
        try (Scope scope = Scope.open("here")) {
            String[] there = {null};
            Thread other = new Thread(() -> there[0] = Scope.dump());
            other.start();
            other.join();
            assertEquals("", there[0]);
        }
    }
}
