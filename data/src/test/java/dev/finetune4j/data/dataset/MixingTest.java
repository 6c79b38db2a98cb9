package dev.finetune4j.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.error.DataException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Orders as the Hugging Face library interleaves, by the examples recorded from LLaMA-Factory. */
class MixingTest {
    private static final Dataset<Integer> A = Dataset.of(List.of(0, 1, 2));
    private static final Dataset<Integer> B = Dataset.of(List.of(10, 11, 12, 13));
    private static final Dataset<Integer> C = Dataset.of(List.of(20, 21, 22, 23, 24));
    private static final double[] TURNS = {};

    private static List<Integer> turns(Mixing mixing) {
        return mixing.mix(List.of(A, B, C), TURNS, 42).toList();
    }

    private static List<Integer> draws(Mixing mixing) {
        return mixing.mix(List.of(A, B), new double[] {0.7, 0.3}, 42).toList();
    }

    @Test
    void setsTakeTurns() {
        assertEquals(List.of(0, 10, 20, 1, 11, 21, 2, 12, 22), turns(Mixing.INTERLEAVE_UNDER));
        assertEquals(List.of(0, 10, 20, 1, 11, 21, 2, 12, 22, 0, 13, 23, 1, 10, 24), turns(Mixing.INTERLEAVE_OVER));
        assertEquals(List.of(0, 10, 20, 1, 11, 21, 2, 12, 22, 13, 23, 24), turns(Mixing.INTERLEAVE_ONCE));
    }

    @Test
    void setsAreDrawnByTheirProbabilities() {
        assertEquals(List.of(10, 0, 11, 1, 2), draws(Mixing.INTERLEAVE_UNDER));
        assertEquals(List.of(10, 0, 11, 1, 2, 12, 13), draws(Mixing.INTERLEAVE_OVER));
        assertEquals(List.of(10, 0, 11, 1, 2, 12, 13), draws(Mixing.INTERLEAVE_ONCE));
    }

    @Test
    void concatenationKeepsTheOrderOfTheSets() {
        assertEquals(
                List.of(0, 1, 2, 10, 11, 12, 13),
                Mixing.CONCAT.mix(List.of(A, B), TURNS, 42).toList());
    }

    @Test
    void aSetWithoutRowsCannotTakeTurns() {
        Dataset<Integer> mixed = Mixing.INTERLEAVE_OVER.mix(List.of(A, Dataset.of(List.of())), TURNS, 42);
        assertThrows(DataException.class, mixed::iterator);
    }
}
