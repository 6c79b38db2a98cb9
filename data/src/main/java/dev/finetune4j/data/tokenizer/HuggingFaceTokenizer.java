package dev.finetune4j.data.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.runtime.NativeLoading;
import dev.finetune4j.data.source.Sha256;
import dev.finetune4j.data.source.Surrogates;
import dev.finetune4j.data.tokenizer.bytes.CheckedBpe;
import dev.finetune4j.data.tokenizer.rebuild.TokenizerRebuild;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a model folder, computed by Hugging Face's own library through DJL. Truncation and padding are off,
 * whatever the files say, and so is the wrapper's habit of putting a blank in front of every text.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false", "addPrefixSpace", "false");

    private final Path folder;
    private final TokenizerFiles files;
    private final SpecialTokens special;
    private final @Nullable String chatTemplate;
    private final Vocabulary vocabulary;
    private final List<String> added;
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library;
    private final CheckedBpe checked;
    private ai.djl.huggingface.tokenizers.@Nullable HuggingFaceTokenizer literal;

    private HuggingFaceTokenizer(
            Path folder,
            TokenizerFiles files,
            SpecialTokens special,
            @Nullable String chatTemplate,
            Vocabulary vocabulary,
            List<String> added,
            ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library) {
        this.folder = folder;
        this.files = files;
        this.special = special;
        this.chatTemplate = chatTemplate;
        this.vocabulary = vocabulary;
        this.added = added;
        this.library = library;
        this.checked = new CheckedBpe(vocabulary.json(), text -> ids(library, text, false));
    }

    /** Loads the native library, as the first tokenizer does otherwise. */
    public static void loadLibrary() {
        NativeLoading.alone(LibUtils::checkStatus);
    }

    /** Loads the tokenizer of a model or adapter folder; one made anew is kept in the user's cache. */
    public static HuggingFaceTokenizer load(Path folder) {
        return load(folder, null);
    }

    /**
     * Loads the tokenizer of a model or adapter folder. Where {@code tokenizer.json} is missing, it is made of what the folder
     * has instead, and kept in the cache.
     *
     * @param cache folder of the cache, null for that of the user
     * @throws DataException if there is no tokenizer in any form, or it is broken
     * @throws dev.finetune4j.core.error.UnsupportedException if it is of a form that only the model's own code understands
     */
    public static HuggingFaceTokenizer load(Path model, @Nullable Path cache) {
        Path folder = TokenizerRebuild.folder(model, cache);
        TokenizerFiles files = TokenizerFiles.read(folder);
        SpecialTokens special = files.specialTokens();
        Vocabulary original = new Vocabulary(files.tokenizer());
        Vocabulary vocabulary = original.with(special.all());
        return new HuggingFaceTokenizer(
                folder,
                files,
                special,
                files.chatTemplates().get(ChatTemplateFiles.DEFAULT),
                vocabulary,
                original.missing(special.all()),
                build(folder, vocabulary.json()));
    }

    /**
     * The added tokens of a tokenizer folder by id; nothing but its files is read.
     *
     * @throws DataException if {@code tokenizer.json} is missing or broken
     */
    public static SortedMap<Integer, AddedToken> addedTokens(Path folder) {
        return new Vocabulary(TokenizerFiles.read(folder).tokenizer()).added();
    }

    private static ai.djl.huggingface.tokenizers.HuggingFaceTokenizer build(Path folder, ObjectNode json) {
        try {
            String text = TokenizerFiles.MAPPER.writeValueAsString(json);
            return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw new DataException(
                    folder.resolve(TokenizerFiles.TOKENIZER).toString(),
                    "The tokenizer cannot be built from this file: " + e.getMessage()
                            + ". Copy it from the model again.",
                    e);
        }
    }

    @Override
    public int[] encode(String text) {
        refuseHalves(text);
        return checked.encode(text);
    }

    @Override
    public int[] frame() {
        return ids(library, "", true);
    }

    @Override
    public int[] encodeLiteral(String text) {
        return ids(literal(), text, false);
    }

    /**
     * Asks the native library itself: the wrapper's encoding fetches token texts, spans and masks too, which takes longer
     * than finding the ids.
     */
    private static int[] ids(ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library, String text, boolean framed) {
        refuseHalves(text);
        long encoding = TokenizersLibrary.LIB.encode(library.getHandle(), text, framed);
        try {
            long[] wide = TokenizersLibrary.LIB.getTokenIds(encoding);
            int[] ids = new int[wide.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) wide[i];
            }
            return ids;
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    private static void refuseHalves(String text) {
        int alone = Surrogates.alone(text);
        if (alone >= 0) {
            throw new DataException(
                    "text",
                    "Half of a surrogate pair stands alone at place " + alone + ", and half a character has no token."
                            + " Mend the text where it was cut.");
        }
    }

    private synchronized ai.djl.huggingface.tokenizers.HuggingFaceTokenizer literal() {
        if (literal == null) {
            literal = build(folder, vocabulary.withoutAdded());
        }
        return literal;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return library.decode(wide, skipSpecial);
    }

    @Override
    public OptionalInt id(String token) {
        return vocabulary.id(token);
    }

    @Override
    public @Nullable String token(int id) {
        return vocabulary.token(id);
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public SpecialTokens specialTokens() {
        return special;
    }

    @Override
    public @Nullable String chatTemplate() {
        return chatTemplate;
    }

    @Override
    public Tokenizer chatTemplate(String jinja) {
        return new HuggingFaceTokenizer(folder, files, special, jinja, vocabulary, added, library);
    }

    @Override
    public Tokenizer specialTokens(SpecialTokens other) {
        return larger(other, vocabulary.with(other.all()), vocabulary.missing(other.all()));
    }

    @Override
    public Tokenizer with(List<AddedToken> tokens) {
        List<String> texts = tokens.stream().map(AddedToken::text).toList();
        return larger(special, vocabulary.withAdded(tokens), vocabulary.missing(texts));
    }

    private Tokenizer larger(SpecialTokens roles, Vocabulary larger, List<String> missing) {
        List<String> allAdded = new ArrayList<>(added);
        allAdded.addAll(missing);
        return new HuggingFaceTokenizer(
                folder,
                files,
                roles,
                chatTemplate,
                larger,
                List.copyOf(allAdded),
                larger == vocabulary ? library : build(folder, larger.json()));
    }

    @Override
    public List<String> added() {
        return added;
    }

    /** Writes {@code tokenizer.json}, {@code tokenizer_config.json} and the chat templates as files. */
    @Override
    public void save(Path target) {
        try {
            Path original = folder.resolve(TokenizerFiles.TOKENIZER);
            Path copy = target.resolve(TokenizerFiles.TOKENIZER);
            if (vocabulary.json().equals(files.tokenizer())) {
                byte[] bytes = Files.readAllBytes(original);
                Files.write(copy, bytes);
            } else {
                Files.writeString(copy, TokenizerFiles.writer().writeValueAsString(vocabulary.json()));
            }
            Files.writeString(
                    target.resolve(TokenizerFiles.CONFIG),
                    TokenizerFiles.writer().writeValueAsString(files.config(special)) + "\n");
            ChatTemplateFiles.save(chatTemplates(), target);
        } catch (IOException e) {
            throw new DataException(target.toString(), "The tokenizer cannot be saved: " + e.getMessage() + ".", e);
        }
    }

    /** All that came with the tokenizer; once the default one is replaced, only that: others would not fit it. */
    private Map<String, String> chatTemplates() {
        Map<String, String> original = files.chatTemplates();
        if (chatTemplate == null || chatTemplate.equals(original.get(ChatTemplateFiles.DEFAULT))) {
            return original;
        }
        return Map.of(ChatTemplateFiles.DEFAULT, chatTemplate);
    }

    @Override
    public String digest() {
        return Sha256.of(List.of(vocabulary.json().toString(), special.toString()));
    }

    @Override
    public synchronized void close() {
        library.close();
        if (literal != null) {
            literal.close();
        }
    }
}
