package dev.finetune4j.finetune;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.data.check.Preview;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.finetune.rows.RunData;
import java.util.List;

/**
 * A row as the model will see it.
 *
 * @param where file and line of the row, or of the first row packed into it
 * @param text the whole row, special tokens written out
 * @param ids token ids
 * @param labels as long as {@code ids}; −100 where nothing is learned
 * @param tokens as the vocabulary writes them
 * @param trained runs of tokens that are learned
 */
public record RowPreview(String where, String text, int[] ids, int[] labels, List<String> tokens, List<Span> trained) {
    /**
     * A run of learned tokens.
     *
     * @param from first token
     * @param to behind the last token
     * @param text what the labels say
     */
    public record Span(int from, int to, String text) {}

    /** The first rows of a run, at most so many. */
    static List<RowPreview> of(RunRequest request, int most) {
        FineTuneArguments arguments = request.arguments();
        return RunData.preview(arguments, request.memory(), Preparation.modelFolder(arguments), most).stream()
                .map(RowPreview::of)
                .toList();
    }

    static RowPreview of(Preview row) {
        return new RowPreview(
                row.where(),
                row.text(),
                row.ids(),
                row.labels(),
                row.tokens(),
                row.trained().stream()
                        .map(span -> new Span(span.from(), span.to(), span.text()))
                        .toList());
    }
}
