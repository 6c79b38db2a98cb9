package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.Mixing;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.template.TemplateOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run wants of its data, in plain values.
 *
 * @param stage {@code pt} or {@code sft}
 * @param folder where the catalog and the files are
 * @param datasets names of the training sets, one after the other
 * @param evalDatasets names of the evaluation sets
 * @param template name of the chat template; null leaves it to the tokenizer
 * @param options what the run asks of the template
 * @param cutoff most tokens of a row, as the user gave it
 * @param packing null where the user did not say: then pretraining packs and other stages do not
 * @param masking which tokens are learned
 * @param sampling which rows are used
 * @param groups how rows are grouped for encoding
 */
public record DataRequest(
        String stage,
        Path folder,
        List<String> datasets,
        List<String> evalDatasets,
        @Nullable String template,
        TemplateOptions options,
        int cutoff,
        @Nullable Packing packing,
        Masking masking,
        Sampling sampling,
        Groups groups) {
    public DataRequest {
        datasets = List.copyOf(datasets);
        evalDatasets = List.copyOf(evalDatasets);
    }

    /** Supervised rows of the named sets with every other wish at its default. */
    public static DataRequest supervised(Path folder, List<String> datasets, String template) {
        return new DataRequest(
                "sft",
                folder,
                datasets,
                List.of(),
                template,
                TemplateOptions.DEFAULTS,
                2048,
                null,
                Masking.ANSWERS,
                Sampling.ALL,
                Groups.DEFAULTS);
    }

    /**
     * Which rows are used.
     *
     * @param mostRows at most so many of the first rows of each set; null for all
     * @param validation rows split off for evaluation: a number of rows above 1, a share below, 0 for none
     * @param evalEach whether each evaluation set is evaluated by itself
     * @param seed of random choices
     * @param mix how several sets become one
     */
    public record Sampling(@Nullable Integer mostRows, double validation, boolean evalEach, long seed, Mix mix) {
        public static final Sampling ALL = new Sampling(null, 0, false, 42);

        /** Sets one after the other. */
        public Sampling(@Nullable Integer mostRows, double validation, boolean evalEach, long seed) {
            this(mostRows, validation, evalEach, seed, Mix.CONCAT);
        }
    }

    /**
     * How several sets become one.
     *
     * @param probabilities chance of each set to give the next row, in the order of the names; empty to take turns
     */
    public record Mix(Mixing strategy, List<Double> probabilities) {
        public static final Mix CONCAT = new Mix(Mixing.CONCAT, List.of());

        public Mix {
            probabilities = List.copyOf(probabilities);
            if (strategy == Mixing.CONCAT && !probabilities.isEmpty()) {
                throw new DataException(
                        "interleave_probs", "mix_strategy concat draws nothing. Choose one that interleaves.");
            }
        }

        Dataset<Reading> of(List<Dataset<Reading>> sets, long seed) {
            if (!probabilities.isEmpty() && probabilities.size() != sets.size()) {
                throw new DataException(
                        "interleave_probs",
                        probabilities.size() + " probabilities for " + sets.size() + " data sets. Give one for each.");
            }
            double[] chances =
                    probabilities.stream().mapToDouble(Double::doubleValue).toArray();
            return strategy.mix(sets, chances, seed);
        }
    }

    /**
     * How rows are grouped for encoding; packing and the blocks of pretraining never cross a group.
     *
     * @param size rows a group
     * @param shards contiguous parts into which rows are divided first, as LLaMA-Factory does for each worker; 1 for none
     */
    public record Groups(int size, int shards) {
        public static final Groups DEFAULTS = new Groups(1000, 1);
    }
}
