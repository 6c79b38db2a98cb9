package dev.finetune4j.core.batch;

import java.util.List;

/**
 * One row as the model sees it: token ids with a label each, and the documents it is made of.
 *
 * <p>Labels are aligned with ids, not shifted: the label at position t is learned from the hidden state at t − 1. The
 * label of the first token of a document is therefore never learned.
 *
 * @param ids token ids
 * @param labels label ids, {@link Labels#IGNORED} where nothing is learned; as long as {@code ids}
 * @param documents lengths of the attention spans inside the row, each at least 1, summing to the row's length; tokens of one never see
 *     another. One entry unless the row is neatly packed
 * @param positions position of each token for the rotary embedding; restarts where a packed row's parts begin
 * @param number running number of the row in its data set, for messages and for the keys of random draws
 */
public record TokenRow(int[] ids, int[] labels, int[] documents, int[] positions, long number) {
    public TokenRow {
        if (ids.length != labels.length || ids.length != positions.length) {
            throw new IllegalArgumentException("row " + number + ": " + ids.length + " ids, " + labels.length
                    + " labels, " + positions.length + " positions");
        }
        int sum = 0;
        for (int length : documents) {
            if (length < 1) {
                throw new IllegalArgumentException("row " + number + ": a document of " + length + " tokens");
            }
            sum += length;
        }
        if (sum != ids.length) {
            throw new IllegalArgumentException(
                    "row " + number + ": documents of " + sum + " tokens in a row of " + ids.length);
        }
    }

    /** A row of one document with positions from zero. */
    public static TokenRow of(int[] ids, int[] labels, long number) {
        int[] positions = new int[ids.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        return new TokenRow(ids, labels, new int[] {ids.length}, positions, number);
    }

    public int length() {
        return ids.length;
    }

    /** Tokens that carry a label: positions after the first of their document whose label is not ignored. */
    public int labelled() {
        int count = 0;
        int start = 0;
        for (int length : documents) {
            for (int t = start + 1; t < start + length; t++) {
                count += labels[t] == Labels.IGNORED ? 0 : 1;
            }
            start += length;
        }
        return count;
    }

    /**
     * Labels that are not ignored, the first token of a document included although nothing predicts it: what the Hugging
     * Face trainer divides a step's loss by. Only rows that train from their first token on, as in pretraining, count more
     * labels than {@link #labelled}.
     */
    public int labelsGiven() {
        int count = 0;
        for (int label : labels) {
            count += label == Labels.IGNORED ? 0 : 1;
        }
        return count;
    }

    static int labelled(List<TokenRow> rows) {
        return rows.stream().mapToInt(TokenRow::labelled).sum();
    }
}
