package dev.finetune4j.data.tokenizer.rebuild;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.gguf.GgufMetadata;
import dev.finetune4j.data.tokenizer.bytes.RankFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the {@code tokenizer.json} that a folder or a GGUF file lacks. */
public final class TokenizerRebuild {
    private static final Logger LOG = LoggerFactory.getLogger(TokenizerRebuild.class);
    private static final Set<Path> TOLD = ConcurrentHashMap.newKeySet();

    private static final List<String> PIECE_FILES =
            List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model");
    private static final List<String> SETTINGS =
            List.of("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");

    /** Beside a tokenizer that is not what its source says: in words, what it is. */
    private static final String ORIGIN = "tokenizer_origin.txt";

    private enum Kind {
        PIECES("SentencePiece"),
        RANKS("ranked byte sequences"),
        TEKKEN("Mistral's ranked byte sequences"),
        VOCABULARY("vocabulary and merges");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** What the tokenizer of a folder is in place of {@code tokenizer.json}; the first file is the one that names it. */
    private record Origin(Kind kind, List<String> files) {}

    private TokenizerRebuild() {}

    /**
     * A folder with a {@code tokenizer.json}: the model's own where it has one, else one in the cache, made now if it was not
     * yet. The log says once where it lies and what it was made of.
     *
     * @param cache folder of the cache, null for {@code $XDG_CACHE_HOME} or {@code ~/.cache}
     * @throws DataException if the folder holds no tokenizer in any form, or a broken one
     * @throws dev.finetune4j.core.error.UnsupportedException if it holds one that only the model's own code understands
     */
    public static Path folder(Path model, @Nullable Path cache) {
        if (Files.isRegularFile(model.resolve(RebuiltTokenizer.TOKENIZER))) {
            return model;
        }
        if (!Files.isDirectory(model)) {
            throw new DataException(model.toString(), "There is no such folder, and so no tokenizer.json.");
        }
        SourceFolder source = new SourceFolder(model);
        Origin origin = origin(source).orElseThrow(() -> nothing(source));
        RebuildCache kept = new RebuildCache(cache);
        List<String> inputs = new ArrayList<>(origin.files());
        inputs.addAll(SETTINGS);
        inputs.addAll(RebuildCache.templates(source));
        Path place = kept.place(source, inputs);
        if (!RebuildCache.holds(place)) {
            kept.store(rebuilt(source, origin), source, place);
        }
        if (TOLD.add(place)) {
            LOG.info("{} has no tokenizer.json; used is one made from {}: {}", model, words(origin), place);
        }
        return place;
    }

    /**
     * What the tokenizer of a folder is made from, in words.
     *
     * @return empty where the folder has a {@code tokenizer.json} of its own, or nothing that one can be made from
     */
    public static Optional<String> origin(Path model) {
        if (Files.isRegularFile(model.resolve(ORIGIN))) {
            return Optional.of(said(model.resolve(ORIGIN)));
        }
        boolean own = Files.isRegularFile(model.resolve(RebuiltTokenizer.TOKENIZER)) || !Files.isDirectory(model);
        return own ? Optional.empty() : origin(new SourceFolder(model)).map(TokenizerRebuild::words);
    }

    /**
     * Writes {@code tokenizer.json} and {@code tokenizer_config.json} of a GGUF file, each atomically.
     *
     * @param folder an existing folder
     * @throws dev.finetune4j.core.error.WeightException if the metadata contradict themselves
     * @throws dev.finetune4j.core.error.UnsupportedException if the tokenizer is of a kind or has a word rule that is not
     *     known
     */
    public static void fromGguf(GgufMetadata metadata, Path folder) {
        write(GgufTokenizer.rebuild(metadata, null), folder, null);
    }

    /**
     * Writes what transformers 5.6 makes of a GGUF file, which drops facts of the metadata: of byte-level tokenizers it
     * cuts text into words by one rule a family, it takes the beginning token of Llama-like models for the end too, and it
     * never adds a frame. Where it makes nothing that works, the metadata are followed. Either is said in a file that
     * {@link #origin} reads.
     *
     * @param folder an existing folder
     * @throws dev.finetune4j.core.error.WeightException if the metadata contradict themselves
     * @throws dev.finetune4j.core.error.UnsupportedException if the tokenizer is of a kind or has a word rule that is not
     *     known
     */
    public static void fromGgufAsTransformers(GgufMetadata metadata, Path folder) {
        Optional<WordRules.Conversion> conversion = GgufTokenizer.conversion(metadata);
        String said = conversion.isPresent()
                ? "the metadata as transformers 5.6 reads them, which is not all that they say"
                : "the metadata, since transformers 5.6 makes nothing of them that works";
        write(GgufTokenizer.rebuild(metadata, conversion.orElse(null)), folder, said);
    }

    private static void write(RebuiltTokenizer tokenizer, Path folder, @Nullable String origin) {
        try {
            if (origin != null) {
                Files.writeString(folder.resolve(ORIGIN), origin);
            }
            tokenizer.write(folder);
        } catch (IOException e) {
            throw new DataException(
                    folder.toString(), "The tokenizer of the GGUF file cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static String said(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static String words(Origin origin) {
        return String.join(" and ", origin.files()) + " (" + origin.kind().words + ")";
    }

    private static Optional<Origin> origin(SourceFolder source) {
        if (source.has(RankFolder.TEKKEN)) {
            return Optional.of(new Origin(Kind.TEKKEN, List.of(RankFolder.TEKKEN)));
        }
        for (String name : PIECE_FILES) {
            if (source.has(name)) {
                boolean ranks = RankFile.isOne(source.bytes(name));
                return Optional.of(new Origin(ranks ? Kind.RANKS : Kind.PIECES, List.of(name)));
            }
        }
        List<String> ranks = source.names().stream()
                .filter(name -> name.endsWith(".tiktoken") || name.equals("tiktoken.model"))
                .toList();
        if (ranks.size() == 1) {
            return Optional.of(new Origin(Kind.RANKS, ranks));
        }
        return source.has(VocabularyFolder.VOCABULARY) && source.has(VocabularyFolder.MERGES)
                ? Optional.of(
                        new Origin(Kind.VOCABULARY, List.of(VocabularyFolder.VOCABULARY, VocabularyFolder.MERGES)))
                : Optional.empty();
    }

    private static RebuiltTokenizer rebuilt(SourceFolder source, Origin origin) {
        String first = origin.files().get(0);
        return switch (origin.kind()) {
            case PIECES -> PieceFolder.rebuild(source, first);
            case RANKS -> RankFolder.rebuild(source, first);
            case TEKKEN -> RankFolder.rebuildTekken(source);
            case VOCABULARY -> VocabularyFolder.rebuild(source);
        };
    }

    private static DataException nothing(SourceFolder source) {
        return new DataException(
                source.path().toString(),
                "The folder holds no tokenizer.json (looked for "
                        + source.path().resolve(RebuiltTokenizer.TOKENIZER).toAbsolutePath()
                        + ") and nothing that one can be made from: neither a SentencePiece model " + PIECE_FILES
                        + ", nor a .tiktoken file, nor tekken.json, nor vocab.json with merges.txt. It holds "
                        + source.names()
                        + ". Copy the tokenizer's files from the model. " + SourceFolder.wayOut(source.path()));
    }
}
