package dev.finetune4j.core.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.AttentionLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenRowTest {
    private static final int NO = Labels.IGNORED;

    private static TokenRow packed() {
        return new TokenRow(
                new int[] {1, 2, 3, 4, 5}, new int[] {1, 2, 3, 4, NO}, new int[] {2, 3}, new int[] {0, 1, 0, 1, 2}, 7);
    }

    @Test
    void labelOfADocumentsFirstTokenCountsNowhere() {
        assertEquals(2, packed().labelled());
        assertEquals(1, TokenRow.of(new int[] {1, 2}, new int[] {1, 2}, 0).labelled());
        assertEquals(0, TokenRow.of(new int[] {1}, new int[] {1}, 0).labelled());
    }

    @Test
    void rowsThatDoNotFitTogetherAreRefused() {
        int[] two = {1, 2};
        int[] one = {1};
        assertThrows(IllegalArgumentException.class, () -> new TokenRow(two, one, two, two, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenRow(two, two, new int[] {1}, two, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenRow(two, two, new int[] {2}, one, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenRow(two, two, new int[] {2, 0}, two, 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenRow(two, two, new int[] {3, -1}, two, 0));
        assertThrows(IllegalArgumentException.class, () -> TokenRow.of(new int[0], new int[0], 0));
        assertThrows(IllegalArgumentException.class, () -> new TokenBatch(List.of()));
    }

    @Test
    void batchLaysRowsEndToEnd() {
        TokenBatch batch = new TokenBatch(List.of(packed(), TokenRow.of(new int[] {8, 9}, new int[] {NO, 9}, 8)));
        assertEquals(7, batch.length());
        assertEquals(3, batch.labelled());
        AttentionLayout layout = AttentionLayout.of(batch);
        assertArrayEquals(new int[] {0, 2, 5}, layout.starts());
        assertArrayEquals(new int[] {2, 3, 2}, layout.lengths());
        assertArrayEquals(new int[] {0, 1, 0, 1, 2, 0, 1}, layout.positions());
        assertArrayEquals(new int[] {5, 2}, layout.rowLengths());
        assertEquals(3, layout.documents());
        assertTrue(layout.tokens() == batch.length());
    }
}
