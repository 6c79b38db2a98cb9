package dev.finetune4j.training.walk;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;

/**
 * Which hidden states of a batch predict a label, and which label. The label of token t is predicted from token t − 1 of
 * the same document, so a document's first token is never predicted.
 *
 * @param sources index into the batch's tokens of each predicting hidden state
 * @param labels label ids, aligned with {@code sources}
 * @param rows number within the batch of the row each belongs to, aligned likewise, ascending
 */
record LabelledTokens(int[] sources, int[] labels, int[] rows) {
    static LabelledTokens of(TokenBatch batch) {
        int count = batch.labelled();
        LabelledTokens tokens = new LabelledTokens(new int[count], new int[count], new int[count]);
        int at = 0;
        int rowStart = 0;
        for (int r = 0; r < batch.rows().size(); r++) {
            TokenRow row = batch.rows().get(r);
            at = tokens.addRow(row, r, rowStart, at);
            rowStart += row.length();
        }
        return tokens;
    }

    private int addRow(TokenRow row, int number, int rowStart, int from) {
        int at = from;
        int documentStart = 0;
        for (int length : row.documents()) {
            for (int t = documentStart + 1; t < documentStart + length; t++) {
                if (row.labels()[t] != Labels.IGNORED) {
                    sources[at] = rowStart + t - 1;
                    labels[at] = row.labels()[t];
                    rows[at] = number;
                    at++;
                }
            }
            documentStart += length;
        }
        return at;
    }

    int size() {
        return sources.length;
    }
}
