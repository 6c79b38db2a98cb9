package dev.finetune4j.data.sample;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import java.util.List;

/**
 * Tokens of one row, or of several packed into one.
 *
 * @param ids token ids
 * @param labels as long as {@code ids}, {@link Labels#IGNORED} where nothing is learned
 * @param parts lengths of the packed rows, summing to the length; positions restart at each
 * @param apart whether the parts are hidden from one another (neat packing)
 */
public record Tokens(int[] ids, int[] labels, int[] parts, boolean apart) {
    private static final int[] NO_IDS = {};

    /** No token at all. */
    public static final Tokens NONE = of(NO_IDS, NO_IDS);

    /** A row by itself. */
    public static Tokens of(int[] ids, int[] labels) {
        return new Tokens(ids, labels, new int[] {ids.length}, false);
    }

    /** Rows laid end to end. */
    public static Tokens pack(List<Tokens> rows, boolean apart) {
        int length = rows.stream().mapToInt(Tokens::length).sum();
        int[] ids = new int[length];
        int[] labels = new int[length];
        int[] parts = new int[rows.size()];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            Tokens row = rows.get(i);
            parts[i] = row.length();
            System.arraycopy(row.ids, 0, ids, at, parts[i]);
            System.arraycopy(row.labels, 0, labels, at, parts[i]);
            at += parts[i];
        }
        return new Tokens(ids, labels, parts, apart);
    }

    public int length() {
        return ids.length;
    }

    /** Tokens that carry a label. */
    public int labelled() {
        int count = 0;
        for (int label : labels) {
            count += label == Labels.IGNORED ? 0 : 1;
        }
        return count;
    }

    /** Tokens that are learned: those with a label but for the first of a span of attention, which nothing predicts. */
    public int learned() {
        return apart ? learned(parts) : learned(new int[] {ids.length});
    }

    private int learned(int[] spans) {
        int count = 0;
        int start = 0;
        for (int length : spans) {
            for (int t = start + 1; t < start + length; t++) {
                count += labels[t] == Labels.IGNORED ? 0 : 1;
            }
            start += length;
        }
        return count;
    }

    /** Whether a token after the first of its part carries a label. */
    public boolean isTrained() {
        return learned(parts) > 0;
    }

    /** Positions that restart at each part. */
    public int[] positions() {
        int[] positions = new int[ids.length];
        int at = 0;
        for (int length : parts) {
            for (int position = 0; position < length; position++) {
                positions[at++] = position;
            }
        }
        return positions;
    }

    /** The row as a model takes it. */
    public TokenRow row(long number) {
        return new TokenRow(ids, labels, apart ? parts : new int[] {ids.length}, positions(), number);
    }
}
