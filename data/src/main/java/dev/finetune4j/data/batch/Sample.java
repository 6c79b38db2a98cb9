package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.source.Provenance;
import java.util.List;

/**
 * Tokens of one row, or of several packed into one.
 *
 * @param ids token ids
 * @param labels as long as {@code ids}, {@link Labels#IGNORED} where nothing is learned
 * @param parts lengths of the packed rows, summing to the length; positions restart at each
 * @param apart whether the parts are hidden from one another (neat packing)
 * @param provenance of the first row in it
 */
public record Sample(int[] ids, int[] labels, int[] parts, boolean apart, Provenance provenance) {
    static Sample of(int[] ids, int[] labels, Provenance provenance) {
        return new Sample(ids, labels, new int[] {ids.length}, false, provenance);
    }

    /** Samples laid end to end. */
    static Sample pack(List<Sample> samples, boolean apart) {
        int length = samples.stream().mapToInt(sample -> sample.ids.length).sum();
        int[] ids = new int[length];
        int[] labels = new int[length];
        int[] parts = new int[samples.size()];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            Sample sample = samples.get(i);
            parts[i] = sample.ids.length;
            System.arraycopy(sample.ids, 0, ids, at, parts[i]);
            System.arraycopy(sample.labels, 0, labels, at, parts[i]);
            at += parts[i];
        }
        return new Sample(ids, labels, parts, apart, samples.get(0).provenance);
    }

    /** Whether a token after the first of its part carries a label; the first of a row is never learned. */
    boolean isTrained() {
        int start = 0;
        for (int length : parts) {
            for (int t = start + 1; t < start + length; t++) {
                if (labels[t] != Labels.IGNORED) {
                    return true;
                }
            }
            start += length;
        }
        return false;
    }

    /** The row as a model takes it. */
    TokenRow row(long number) {
        int[] positions = new int[ids.length];
        int at = 0;
        for (int length : parts) {
            for (int position = 0; position < length; position++) {
                positions[at++] = position;
            }
        }
        return new TokenRow(ids, labels, apart ? parts : new int[] {ids.length}, positions, number);
    }
}
