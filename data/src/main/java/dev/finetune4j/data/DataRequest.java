package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.catalog.HubFiles;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.Mixing;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.template.TemplateOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run wants of its data, in plain values.
 *
 * @param stage {@code pt}, {@code sft}, {@code rm}, {@code dpo}, {@code kto} or {@code ppo}
 * @param sources which rows
 * @param rendering how they become tokens and labels
 * @param handling how the work is done
 */
public record DataRequest(String stage, Sources sources, Rendering rendering, Handling handling) {
    /** Supervised rows of the named sets with every other wish at its default. */
    public static DataRequest supervised(Path folder, List<String> datasets, String template) {
        return new DataRequest(
                "sft",
                new Sources(folder, datasets, List.of(), Sampling.ALL),
                Rendering.by(template),
                Handling.DEFAULTS);
    }

    /** The same with other rows. */
    public DataRequest sources(Sources other) {
        return new DataRequest(stage, other, rendering, handling);
    }

    /** The same with other tokens. */
    public DataRequest rendering(Rendering other) {
        return new DataRequest(stage, sources, other, handling);
    }

    /** The same, done in another way. */
    public DataRequest handling(Handling other) {
        return new DataRequest(stage, sources, rendering, other);
    }

    /**
     * Which rows.
     *
     * @param folder where the catalog and the files are
     * @param train names of the training sets
     * @param evaluation names of the evaluation sets
     * @param sampling which of their rows are used
     * @param hub finds what lies on a hub
     * @param descriptions the catalog where the program gives it itself, as the file would hold it; files are looked for in the
     *     folder. Null to read the folder's
     */
    public record Sources(
            Path folder,
            List<String> train,
            List<String> evaluation,
            Sampling sampling,
            HubFiles hub,
            @Nullable Map<String, ? extends Map<String, ?>> descriptions) {
        /** Sets of local files and of stores that files name. */
        public Sources(Path folder, List<String> train, List<String> evaluation, Sampling sampling) {
            this(folder, train, evaluation, sampling, HubFiles.NONE, null);
        }

        /** The same with other names. */
        public Sources names(List<String> training, List<String> evaluating, Sampling wish) {
            return new Sources(folder, training, evaluating, wish, hub, descriptions);
        }

        public Sources {
            train = List.copyOf(train);
            evaluation = List.copyOf(evaluation);
        }
    }

    /**
     * How rows become tokens and labels.
     *
     * @param template name of the chat template; null leaves it to the tokenizer
     * @param options what the run asks of the template
     * @param limit how long a row may be, as the user gave it
     * @param packing null where the user did not say: then pretraining packs and other stages do not
     * @param masking which tokens are learned
     */
    public record Rendering(
            @Nullable String template,
            TemplateOptions options,
            LengthLimit limit,
            @Nullable Packing packing,
            Masking masking) {
        private static final int LENGTH = 2048;

        /** Whether the user asked for packing himself, instead of getting it as a default. */
        boolean asksForPacking() {
            return packing != null && packing != Packing.NONE;
        }

        /** Answers are learned, rows are trimmed to 2,048 tokens, nothing is packed that need not be. */
        public static Rendering by(@Nullable String template) {
            return new Rendering(
                    template, TemplateOptions.DEFAULTS, LengthLimit.trimming(LENGTH), null, Masking.ANSWERS);
        }
    }

    /**
     * How the work is done.
     *
     * @param groups how rows are grouped for encoding
     * @param invalid what is done about rows that cannot be used
     * @param cache where encoded rows are kept for later runs; null for nowhere
     * @param stream how training rows are read while training; null for before it
     */
    public record Handling(
            Groups groups,
            InvalidRows invalid,
            @Nullable Cache cache,
            @Nullable Stream stream) {
        public static final Handling DEFAULTS = new Handling(Groups.DEFAULTS, InvalidRows.SKIPPED, null, null);
    }

    /**
     * How training rows are read while training.
     *
     * @param buffer rows from which the next one is drawn; 1 keeps their order
     * @param rows encoded rows that training will take; passes over the data follow one another until it has them
     */
    public record Stream(int buffer, int rows) {}

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
     * @param workers threads that encode; the result is the same for any number. Null for one a processor
     */
    public record Groups(int size, int shards, @Nullable Integer workers) {
        public static final Groups DEFAULTS = new Groups(1000, 1, null);

        public Groups(int size, int shards) {
            this(size, shards, null);
        }
    }

    /**
     * What is done about rows that cannot be used.
     *
     * @param policy of the run
     * @param mostShare the run stops where more than this share of the rows is left out; at most 1
     */
    public record InvalidRows(Policy policy, double mostShare) {
        /** They are left out and counted, unless they are more than half. */
        public static final InvalidRows SKIPPED = new InvalidRows(Policy.SKIP, 0.5);

        /** What a row that cannot be used does to the run. */
        public enum Policy {
            /** It is left out, counted and reported. */
            SKIP,
            /** The first one stops the run. */
            FAIL,
            /** All are collected, then the run stops with the whole account. */
            COLLECT
        }
    }

    /**
     * Where encoded rows are kept.
     *
     * @param folder in the layout of Hugging Face's {@code datasets}
     * @param overwrite whether what is there is made anew
     */
    public record Cache(Path folder, boolean overwrite) {}
}
