package dev.finetune4j.core.model;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Where documents begin and end in a ragged batch and which position each token has. Tokens of one document never see
 * another's; inside one, a token sees those before it.
 *
 * @param starts first token of each document
 * @param lengths tokens of each document
 * @param positions position of every token for the rotary embedding
 * @param rowLengths tokens of each row of the batch; a row holds one document or more
 */
public record AttentionLayout(int[] starts, int[] lengths, int[] positions, int[] rowLengths) {
    public static AttentionLayout of(TokenBatch batch) {
        List<Integer> lengths = new ArrayList<>();
        int[] positions = new int[batch.length()];
        int[] rowLengths = new int[batch.rows().size()];
        int at = 0;
        int number = 0;
        for (TokenRow row : batch.rows()) {
            for (int length : row.documents()) {
                lengths.add(length);
            }
            System.arraycopy(row.positions(), 0, positions, at, row.length());
            rowLengths[number++] = row.length();
            at += row.length();
        }
        int[] starts = new int[lengths.size()];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + lengths.get(i - 1);
        }
        return new AttentionLayout(
                starts, lengths.stream().mapToInt(Integer::intValue).toArray(), positions, rowLengths);
    }

    public int tokens() {
        return positions.length;
    }

    public int documents() {
        return starts.length;
    }
}
