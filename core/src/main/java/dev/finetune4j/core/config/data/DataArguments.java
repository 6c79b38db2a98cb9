package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows train and which are held back.
 *
 * @param dataset training sets, by their names in {@code dataset_info.json}. Default: none
 * @param evalDataset evaluation sets, by name; not together with {@code val_size}. Default: none
 * @param evalOnEachDataset evaluate each set of {@code eval_dataset} by itself; metrics become
 *     {@code eval_<name>_loss}. Default: false
 * @param datasetDir folder that holds {@code dataset_info.json} and the files it names; {@code ONLINE} where every name is
 *     that of a hub's data set; {@code REMOTE:owner/name} for the catalog of a hub's repository. Default: data
 * @param template name of the chat template; without one the tokenizer's own is recognised, else plain text is used.
 *     Default: none
 * @param defaultSystem system text in place of the template's own. Default: none
 * @param toolFormat how tools and calls are written, in place of the template's own way. Default: none
 * @param templateDate day that prompts name where a template writes one ({@code llama3} with tools), {@code yyyy-mm-dd}; the
 *     day on which the run starts where absent. Default: none
 * @param maxSamples rows read of every set, from its start; ≥ 1. Default: none
 * @param valSize part of the training rows held back for evaluation: a share below 1, or a whole number of rows from 2;
 *     drawn with {@code seed}. Default: 0
 * @param thinking what is done about thoughts
 * @param mixing how several sets become one
 * @param packing whether rows share a block
 * @param tokenizing how rows become tokens and labels
 */
public record DataArguments(
        List<String> dataset,
        List<String> evalDataset,
        @Default("false") boolean evalOnEachDataset,
        @Default("data") Path datasetDir,
        @Nullable String template,
        @Nullable String defaultSystem,
        @Nullable String toolFormat,
        @Nullable String templateDate,
        @Nullable Integer maxSamples,
        @Default("0") double valSize,
        ThinkingArguments thinking,
        MixingArguments mixing,
        PackingArguments packing,
        TokenizingArguments tokenizing) {
    public DataArguments {
        dataset = List.copyOf(dataset);
        evalDataset = List.copyOf(evalDataset);
        new Check()
                .that(isDate(templateDate), "template_date", templateDate, "must be a day such as 2026-01-31")
                .atLeast("max_samples", maxSamples, 1)
                .atLeast("val_size", valSize, 0)
                .that(
                        valSize < 1 || (valSize >= 2 && valSize == Math.rint(valSize)),
                        "val_size",
                        valSize,
                        "must be a share below 1 or a whole number of rows from 2")
                .done();
    }

    private static boolean isDate(@Nullable String text) {
        try {
            return text == null || LocalDate.parse(text) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
