package dev.finetune4j.core.batch;

import java.util.List;

/**
 * Rows of one micro-batch. Ragged: rows are laid end to end, and no padding exists.
 *
 * @param rows at least one row
 */
public record TokenBatch(List<TokenRow> rows) {
    public TokenBatch {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one row");
        }
    }

    /** Tokens of all rows. */
    public int length() {
        return rows.stream().mapToInt(TokenRow::length).sum();
    }

    /** Tokens that carry a label, of all rows. */
    public int labelled() {
        return TokenRow.labelled(rows);
    }

    /** Labels that are not ignored, of all rows; see {@link TokenRow#labelsGiven}. */
    public int labelsGiven() {
        return rows.stream().mapToInt(TokenRow::labelsGiven).sum();
    }
}
