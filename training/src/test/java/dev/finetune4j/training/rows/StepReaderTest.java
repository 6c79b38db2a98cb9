package dev.finetune4j.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DataException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepReaderTest {
    private final List<TokenRow> rows = IntStream.range(0, 7)
            .mapToObj(i -> TokenRow.of(new int[i + 1], new int[i + 1], i))
            .toList();
    private final EpochOrder backwards = (epoch, n) ->
            IntStream.range(0, n).map(i -> (n - 1 - i + epoch) % n).toArray();

    private static List<List<Long>> numbers(List<TokenBatch> batches) {
        return batches.stream()
                .map(b -> b.rows().stream().map(TokenRow::number).toList())
                .toList();
    }

    @Test
    void aStepTakesItsRowsInTheOrderOfTheEpoch() {
        StepReader reader = new StepReader(RowSource.of(rows), backwards, new StepPlan(7, 2, 2, 1, -1));
        assertEquals(List.of(List.of(6L, 5L), List.of(4L, 3L)), numbers(reader.read(new RowPosition(0, 0))));
        assertEquals(List.of(List.of(2L, 1L), List.of(0L)), numbers(reader.read(new RowPosition(0, 4))));
        assertEquals(List.of(List.of(0L, 6L), List.of(5L, 4L)), numbers(reader.read(new RowPosition(1, 0))));
    }

    @Test
    void anOrderThatForgetsRowsIsRefused() {
        StepReader reader = new StepReader(RowSource.of(rows), (e, n) -> new int[3], new StepPlan(7, 2, 2, 1, -1));
        assertThrows(DataException.class, () -> reader.read(new RowPosition(0, 0)));
    }

    @Test
    void splitsKeepRowsAndOrderAndFitTheBudget() {
        TokenBatch batch = new TokenBatch(rows);
        List<TokenBatch> parts = new Splitter(6).split(batch);
        assertEquals(List.of(List.of(0L, 1L, 2L), List.of(3L), List.of(4L), List.of(5L), List.of(6L)), numbers(parts));
        assertEquals(List.of(batch), Splitter.NONE.split(batch));
    }
}
