package dev.finetune4j.data.check;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An encoded row for people.
 *
 * @param where file and line of the row, or of the first row packed into it
 * @param text the whole row, special tokens written out
 * @param ids token ids
 * @param labels as long as {@code ids}, {@link Labels#IGNORED} where nothing is learned
 * @param tokens as the vocabulary writes them
 * @param trained runs of tokens that are learned
 */
public record Preview(String where, String text, int[] ids, int[] labels, List<String> tokens, List<Span> trained) {
    /**
     * A run of learned tokens.
     *
     * @param from first token
     * @param to behind the last token
     * @param text what the labels say
     */
    public record Span(int from, int to, String text) {}

    /** The first of the rows of a sample. */
    public static Preview of(Sample sample, Tokenizer tokenizer) {
        return of(sample.provenance().toString(), sample.tokens().row(0), tokenizer);
    }

    public static Preview of(String where, TokenRow row, Tokenizer tokenizer) {
        List<Span> spans = new ArrayList<>();
        int[] labels = row.labels();
        int from = 0;
        while (from < labels.length) {
            int to = from;
            while (to < labels.length && labels[to] != Labels.IGNORED) {
                to++;
            }
            if (to > from) {
                spans.add(new Span(from, to, tokenizer.decode(Arrays.copyOfRange(labels, from, to), false)));
            }
            from = to + 1;
        }
        List<String> tokens = new ArrayList<>();
        for (int id : row.ids()) {
            String token = tokenizer.token(id);
            tokens.add(token == null ? "" : token);
        }
        String text = tokenizer.decode(row.ids(), false);
        return new Preview(where, text, row.ids(), labels, List.copyOf(tokens), List.copyOf(spans));
    }
}
