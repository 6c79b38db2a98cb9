package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.model.InitSpecialTokens;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.vocabulary.NewToken;
import dev.finetune4j.core.model.vocabulary.VocabularyResize;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.finetune.rows.CarriedTables;
import dev.finetune4j.finetune.rows.RunData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run's new tokens mean for its model.
 *
 * @param on whether the model is made to fit the tokenizer
 * @param resize rows and their first values
 * @param wholeModules modules that train whole beside an adapter: {@code additional_target}, or where that is empty and
 *     tokens are new, embedding and head
 * @param learned whether the rows of new tokens train
 */
public record VocabularyPlan(boolean on, VocabularyResize resize, List<String> wholeModules, boolean learned) {
    public VocabularyPlan {
        wholeModules = List.copyOf(wholeModules);
    }

    /**
     * Works it out.
     *
     * @param config of the checkpoint
     * @throws WeightException if an adapter's tables have too few rows for the tokens
     */
    static VocabularyPlan of(FineTuneArguments arguments, ModelConfig config, RunData data) {
        List<String> tables = List.of(config.names().embedding(), config.names().head());
        boolean on =
                arguments.model().vocabulary().resizeVocab() || data.newTokens().wanted();
        int stored = config.sizes().vocabulary();
        int wanted = on ? VocabularyResize.rowsFor(data.tokenizer().vocabularySize(), stored) : stored;
        int rows = wanted;
        for (Path folder : arguments.model().adapterFolders()) {
            int carried = CarriedTables.rows(folder, tables);
            if (carried >= stored && carried < wanted) {
                throw new WeightException(
                        folder + ": the adapter holds an embedding of " + carried + " rows, too few for the "
                                + data.tokenizer().vocabularySize()
                                + " tokens of this run. Merge the adapter into the model first, or"
                                + " leave the tokens out that it was not trained with.");
            }
            rows = Math.max(rows, carried);
        }
        List<NewToken> tokens = on ? newTokens(arguments, stored, data) : List.of();
        requireTables(arguments, tokens, tables);
        long seed = arguments.training().batch().seed();
        VocabularyResize resize = new VocabularyResize(stored, rows, tokens, seed);
        List<String> whole = whole(arguments, on, tables);
        return new VocabularyPlan(on, resize, whole, learned(arguments, config, whole));
    }

    /** An adapter that goes on has what it has: rows of new tokens could neither train nor be stored with it. */
    private static void requireTables(FineTuneArguments arguments, List<NewToken> tokens, List<String> tables) {
        if (tokens.isEmpty() || !goesOn(arguments)) {
            return;
        }
        List<Path> folders = arguments.model().adapterFolders();
        Path last = folders.get(folders.size() - 1);
        if (CarriedTables.rows(last, tables) == 0) {
            throw new WeightException(last + ": the adapter holds no embedding, so the rows of " + tokens.size()
                    + " new tokens, the first of them \"" + tokens.get(0).text()
                    + "\", could neither train nor be stored with it. Set create_new_adapter: true to merge it and train a"
                    + " new one, or leave the tokens out.");
        }
    }

    /** New are tokens that the model's files do not know, and those it has no row for, unless an adapter knows them. */
    private static List<NewToken> newTokens(FineTuneArguments arguments, int stored, RunData data) {
        Tokenizer tokenizer = data.tokenizer();
        Set<Integer> ids = new TreeSet<>();
        for (String token : tokenizer.added()) {
            tokenizer.id(token).ifPresent(ids::add);
        }
        for (int id = stored; id < tokenizer.vocabularySize(); id++) {
            ids.add(id);
        }
        data.newTokens().adopted().forEach(token -> tokenizer.id(token).ifPresent(ids::remove));
        InitSpecialTokens start = arguments.model().vocabulary().initSpecialTokens();
        List<NewToken> tokens = new ArrayList<>();
        for (int id : ids) {
            String text = Objects.requireNonNullElse(tokenizer.token(id), "id " + id);
            String description = data.newTokens().descriptions().get(text);
            if (description == null) {
                tokens.add(NewToken.noisy(text, id));
            } else {
                List<Integer> words = Arrays.stream(tokenizer.encode(description))
                        .filter(word -> word < stored && !ids.contains(word))
                        .boxed()
                        .toList();
                tokens.add(new NewToken(text, id, words, start == InitSpecialTokens.DESC_INIT_W_NOISE));
            }
        }
        return tokens;
    }

    private static List<String> whole(FineTuneArguments arguments, boolean on, List<String> tables) {
        List<String> given = arguments.finetuning().adapter().additionalTarget();
        boolean lora = arguments.finetuning().finetuningType() == FinetuningType.LORA;
        if (!on || !lora || !given.isEmpty()) {
            return given;
        }
        return tables.stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .toList();
    }

    /** Whether the embedding trains; what an adapter trains that goes on is its own affair. */
    private static boolean learned(FineTuneArguments arguments, ModelConfig config, List<String> whole) {
        String table = config.names().embedding();
        return switch (arguments.finetuning().finetuningType()) {
            case FULL -> true;
            case LORA ->
                goesOn(arguments)
                        || trains(whole, table)
                        || config.tied() && trains(whole, config.names().head());
            case FREEZE ->
                arguments.finetuning().freeze().freezeExtraModules().stream()
                        .anyMatch(extra -> table.contains(extra)
                                || config.tied() && config.names().head().contains(extra));
        };
    }

    private static boolean trains(List<String> whole, String table) {
        return whole.stream().anyMatch(ending -> ModuleSelector.matches(table, ending));
    }

    private static boolean goesOn(FineTuneArguments arguments) {
        return !arguments.model().adapterFolders().isEmpty()
                && !arguments.finetuning().adapter().createNewAdapter();
    }

    /** Whether embedding and head are no longer those of the model's files. */
    public boolean changesTables() {
        return grows() || !resize.tokens().isEmpty();
    }

    /** Whether the model gets more rows than its checkpoint has. */
    public boolean grows() {
        return resize.rows() > resize.stored();
    }
}
