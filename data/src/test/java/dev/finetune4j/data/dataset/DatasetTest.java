package dev.finetune4j.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final Dataset<Integer> NUMBERS = Dataset.of(List.of(1, 2, 3, 4, 5, 6, 7));

    @Test
    void operationsGiveTheirElements() {
        assertEquals(List.of(2, 4, 6, 8, 10, 12, 14), NUMBERS.map(n -> 2 * n).toList());
        assertEquals(List.of(2, 4, 6), NUMBERS.filter(n -> n % 2 == 0).toList());
        assertEquals(List.of(1, 2), NUMBERS.take(2).toList());
        assertEquals(List.of(6, 7), NUMBERS.skip(5).toList());
        assertEquals(List.of(), NUMBERS.skip(9).toList());
        assertEquals(
                List.of(2, 3, 3),
                NUMBERS.flatMap(n -> Collections.nCopies(n == 2 ? 1 : n == 3 ? 2 : 0, n))
                        .toList());
        assertEquals(
                List.of(List.of(1, 2, 3), List.of(4, 5, 6), List.of(7)),
                NUMBERS.chunked(3).toList());
        assertEquals(
                List.of(1, 2, 1),
                Dataset.concat(List.of(NUMBERS.take(2), NUMBERS.take(1))).toList());
    }

    @Test
    void sizesAreKnownWhereTheyFollow() {
        assertEquals(OptionalLong.of(7), NUMBERS.map(n -> n).size());
        assertEquals(OptionalLong.of(3), NUMBERS.take(3).size());
        assertEquals(OptionalLong.of(2), NUMBERS.skip(5).size());
        assertEquals(
                OptionalLong.of(9),
                Dataset.concat(List.of(NUMBERS, NUMBERS.take(2))).size());
        assertEquals(OptionalLong.empty(), NUMBERS.filter(n -> true).size());
        assertEquals(
                OptionalLong.empty(),
                Dataset.concat(List.of(NUMBERS, NUMBERS.filter(n -> true), NUMBERS))
                        .size());
    }

    @Test
    void everyOperationYieldsTheSameOrderTwice() {
        List<Function<Dataset<Integer>, Dataset<?>>> operations = List.of(
                d -> d.map(n -> n + 1),
                d -> d.filter(n -> n > 2),
                d -> d.take(4),
                d -> d.skip(2),
                d -> d.flatMap(n -> List.of(n, n)),
                d -> d.chunked(2),
                d -> d.shuffle(3),
                d -> Dataset.concat(List.of(d, d)));
        for (Function<Dataset<Integer>, Dataset<?>> operation : operations) {
            Dataset<?> dataset = operation.apply(NUMBERS);
            assertEquals(dataset.toList(), dataset.toList());
        }
    }

    @Test
    void shufflingKeepsEveryElement() {
        List<Integer> shuffled = new ArrayList<>(NUMBERS.shuffle(42).toList());
        Collections.sort(shuffled);
        assertEquals(NUMBERS.toList(), shuffled);
    }

    @Test
    void nothingRunsBeforeIterationAndStoppingEarlyClosesTheSource() {
        List<String> events = new ArrayList<>();
        Dataset<Integer> source = Dataset.from(
                () -> {
                    events.add("open");
                    return new LookaheadCursor<>() {
                        private int at;

                        @Override
                        protected Integer advance() {
                            events.add("read");
                            return at++;
                        }

                        @Override
                        public void close() {
                            events.add("close");
                        }
                    };
                },
                OptionalLong.empty());
        Dataset<Integer> two = source.map(n -> n).filter(n -> true).take(2);
        assertEquals(List.of(), events);
        assertEquals(List.of(0, 1), two.toList());
        assertEquals(List.of("open", "read", "read", "close"), events.subList(0, 4));
    }

    @Test
    void chunksNeedAtLeastOneElement() {
        Dataset<List<Integer>> none = NUMBERS.chunked(0);
        assertThrows(IllegalArgumentException.class, none::iterator);
    }
}
