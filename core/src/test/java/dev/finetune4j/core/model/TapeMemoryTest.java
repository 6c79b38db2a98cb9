package dev.finetune4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class TapeMemoryTest {
    private static final int PAGE = 1024;

    private final Randoms random = new Randoms(1);

    @Test
    void copiesAreContiguousEqualAndApart() {
        try (Scope scope = Scope.open("test");
                TapeMemory memory = new TapeMemory(PAGE);
                Tape tape = Tape.saving(Draws.NONE, memory)) {
            Tensor whole = random.normal(5, 12);
            Tensor left = whole.narrow(1, 0, 5);
            Tensor right = whole.narrow(1, 5, 7);
            Tensor expectedLeft = left.contiguous();
            Tensor expectedRight = right.contiguous();
            tape.put("left", left);
            tape.put("right", right);
            whole.zero_();
            Tolerance.assertSame("left", expectedLeft, tape.get("left"));
            Tolerance.assertSame("right", expectedRight, tape.get("right"));
            assertTrue(tape.get("left").is_contiguous());
            assertTrue(address(tape.get("left")) + 5 * 5 * 4 <= address(tape.get("right")));
            assertEquals(0, address(tape.get("right")) % 64);
        }
    }

    @Test
    void pagesAreUsedAgainOnceEveryTapeIsClosed() {
        try (Scope scope = Scope.open("test");
                TapeMemory memory = new TapeMemory(PAGE)) {
            long first = walk(memory);
            long bytes = memory.bytes();
            assertEquals(first, walk(memory));
            assertEquals(2 * PAGE, bytes);
            assertEquals(bytes, memory.bytes());
        }
    }

    /** Two tapes of which the second does not fit on the page; the address of what was saved first. */
    private long walk(TapeMemory memory) {
        try (Tape lower = Tape.saving(Draws.NONE, memory);
                Tape upper = Tape.thin(Draws.NONE, memory)) {
            lower.put("x", random.normal(200));
            upper.put("x", random.normal(100));
            long taken = address(lower.get("x"));
            assertNotEquals(taken, address(upper.get("x")));
            return taken;
        }
    }

    @Test
    void memoryOfATapeThatIsStillOpenIsNotGivenAway() {
        try (Scope scope = Scope.open("test");
                TapeMemory memory = new TapeMemory(PAGE);
                Tape open = Tape.saving(Draws.NONE, memory)) {
            Tensor x = random.normal(8);
            open.put("x", x);
            try (Tape closed = Tape.saving(Draws.NONE, memory)) {
                closed.put("x", random.normal(8));
            }
            try (Tape later = Tape.saving(Draws.NONE, memory)) {
                later.put("x", random.normal(8));
            }
            Tolerance.assertSame("x", x, open.get("x"));
        }
    }

    @Test
    void largerThanAPageGetsOneOfItsOwn() {
        try (Scope scope = Scope.open("test");
                TapeMemory memory = new TapeMemory(PAGE);
                Tape tape = Tape.saving(Draws.NONE, memory)) {
            Tensor x = random.normal(1000);
            tape.put("x", x);
            Tolerance.assertSame("x", x, tape.get("x"));
            assertEquals(4000, memory.bytes());
        }
    }

    @Test
    void replaysOfOneBlockAfterAnotherTakeTheSamePlace() {
        try (Scope scope = Scope.open("test");
                TapeMemory memory = new TapeMemory(PAGE)) {
            Tape lower = Tape.thin(Draws.NONE, memory);
            Tape upper = Tape.thin(Draws.NONE, memory);
            lower.put("thin", random.normal(16));
            upper.put("thin", random.normal(16));
            long upperWide = replayed(upper);
            long lowerWide = replayed(lower);
            assertEquals(upperWide - 16 * Float.BYTES, lowerWide);
        }
    }

    private long replayed(Tape tape) {
        tape.replay();
        tape.putWide("wide", random.normal(16));
        long taken = address(tape.get("wide"));
        tape.close();
        return taken;
    }

    private static long address(Tensor tensor) {
        return tensor.data_ptr().address();
    }
}
