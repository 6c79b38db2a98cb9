package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.error.DataException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

    /** The rows that numpy draws with the same seed. */
    @Test
    void aShareIsRoundedUpAndDrawnAsByNumpy() {
        Split<Integer> split = Split.of(TEN, 0.25, 42);
        assertEquals(List.of(5, 6, 0), split.validation());
        assertEquals(List.of(7, 3, 2, 4, 9, 1, 8), split.train());
    }

    @Test
    void aNumberOfRowsLosesItsFraction() {
        assertEquals(List.of(5, 6, 0), Split.of(TEN, 3.9, 42).validation());
        assertEquals(2, Split.of(TEN, 2, 42).validation().size());
    }

    @Test
    void oneIsNeitherARowNorAllOfThem() {
        assertThrows(DataException.class, () -> Split.of(TEN, 1, 42));
        assertThrows(DataException.class, () -> Split.of(TEN, 10, 42));
    }
}
