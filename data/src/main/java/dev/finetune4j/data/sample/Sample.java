package dev.finetune4j.data.sample;

import dev.finetune4j.data.source.Provenance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an objective learns from in one go.
 *
 * @param rows one row of tokens; or two: the chosen and the rejected answer, or an answer and one that belongs to another
 *     question
 * @param wanted whether the answer is wanted, where the data says so; null elsewhere
 * @param provenance of the row that it was made of, or of the first of several
 */
public record Sample(List<Tokens> rows, @Nullable Boolean wanted, Provenance provenance) {
    public Sample {
        rows = List.copyOf(rows);
    }

    /** One row to learn from. */
    public static Sample of(Tokens tokens, Provenance provenance) {
        return new Sample(List.of(tokens), null, provenance);
    }

    /** The first of the rows, which is the only one unless answers are compared. */
    public Tokens tokens() {
        return rows.get(0);
    }

    /** Tokens of all rows. */
    public int length() {
        return rows.stream().mapToInt(Tokens::length).sum();
    }

    /** Labels of all rows. */
    public int labelled() {
        return rows.stream().mapToInt(Tokens::labelled).sum();
    }

    /** Whether each of the rows has something to learn. */
    public boolean isTrained() {
        return rows.stream().allMatch(Tokens::isTrained);
    }
}
