package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.VocabularyArguments;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.data.tokenizer.AddedToken;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model's tokenizer with the tokens of the run: first those that the adapters were trained with, under the ids they had
 * there, then those that the settings name.
 *
 * @param tokenizer to be closed by the caller
 */
record RunTokenizer(Tokenizer tokenizer, NewTokens added) {
    private static final Logger LOG = LoggerFactory.getLogger(RunTokenizer.class);

    /**
     * Opens it.
     *
     * @throws DataException if an adapter's tokens do not fit behind the model's
     */
    static RunTokenizer open(FineTuneArguments arguments, Path modelFolder) {
        VocabularyArguments wish = arguments.model().vocabulary();
        Path described = wish.newSpecialTokensConfig();
        Map<String, String> descriptions = described == null ? Map.of() : TokenDescriptions.read(described);
        Tokenizer own =
                HuggingFaceTokenizer.load(modelFolder, arguments.model().hub().cacheDir());
        try {
            Tokenizer adopting = adopting(own, arguments.model().adapterFolders(), modelFolder);
            Set<String> adopted = new LinkedHashSet<>(adopting.added());
            own.added().forEach(adopted::remove);
            List<AddedToken> wanted = wanted(wish, descriptions);
            Tokenizer whole = adopting.with(wanted);
            note(adopting, wanted);
            boolean grew = whole.added().size() > adopting.added().size();
            boolean describes = wish.initSpecialTokens().describes();
            return new RunTokenizer(whole, new NewTokens(grew, adopted, describes ? descriptions : Map.of()));
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /** Adapters that hold no table cannot have learned a token. */
    private static Tokenizer adopting(Tokenizer own, List<Path> adapters, Path modelFolder) {
        Tokenizer tokenizer = own;
        for (Path adapter : adapters) {
            boolean knows = Files.isRegularFile(adapter.resolve("tokenizer.json"));
            if (knows && CarriedTables.rows(adapter, tables(modelFolder)) > 0) {
                tokenizer = adopt(tokenizer, adapter);
            }
        }
        return tokenizer;
    }

    private static List<String> tables(Path modelFolder) {
        Names names = ConfigFile.open(modelFolder).read().names();
        return List.of(names.embedding(), names.head());
    }

    private static Tokenizer adopt(Tokenizer tokenizer, Path folder) {
        SortedMap<Integer, AddedToken> theirs = HuggingFaceTokenizer.addedTokens(folder);
        List<AddedToken> missing = new ArrayList<>();
        theirs.values().forEach(token -> {
            if (tokenizer.id(token.text()).isEmpty()) {
                missing.add(token);
            }
        });
        Tokenizer larger = tokenizer.with(missing);
        theirs.forEach((id, token) -> {
            OptionalInt ours = larger.id(token.text());
            if (ours.isEmpty() || ours.getAsInt() != id) {
                throw new DataException(
                        folder.resolve("tokenizer.json").toString(),
                        "The token \"" + token.text() + "\" has id " + id
                                + " here, but with the model's tokenizer it would be "
                                + ours.orElse(-1)
                                + ". The adapter was trained on another model; name that one in model_name_or_path.");
            }
        });
        return larger;
    }

    private static List<AddedToken> wanted(VocabularyArguments wish, Map<String, String> descriptions) {
        List<AddedToken> wanted = new ArrayList<>();
        wish.addTokens().forEach(token -> wanted.add(new AddedToken(token, false)));
        Iterable<String> special =
                wish.newSpecialTokensConfig() == null ? wish.addSpecialTokens() : descriptions.keySet();
        special.forEach(token -> wanted.add(new AddedToken(token, true)));
        return wanted;
    }

    private static void note(Tokenizer before, List<AddedToken> wanted) {
        for (AddedToken token : wanted) {
            OptionalInt id = before.id(token.text());
            if (id.isPresent()) {
                LOG.info(
                        "The token \"{}\" is in the vocabulary already, as {}; it keeps its id and its row.",
                        token.text(),
                        id.getAsInt());
            }
        }
    }
}
