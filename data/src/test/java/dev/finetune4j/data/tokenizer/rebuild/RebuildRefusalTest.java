package dev.finetune4j.data.tokenizer.rebuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.gguf.GgufMetadata;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.data.tokenizer.rebuild.piece.SentencePieceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot become a tokenizer.json says so, with what is there and what now. */
class RebuildRefusalTest {
    @TempDir
    Path temporary;

    private Path model() throws IOException {
        return Files.createDirectories(temporary.resolve("model"));
    }

    private void copy(String file, String name) throws IOException {
        Files.copy(Golden.path("tokenizers/models/" + file), model().resolve(name));
    }

    private <T extends FineTuneException> T refused(Class<T> type, String... words) throws IOException {
        Path model = model();
        T refusal = assertThrows(type, () -> TokenizerRebuild.folder(model, temporary.resolve("cache")));
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
        }
        return refusal;
    }

    @Test
    void aFolderWithoutAnyTokenizerIsListedWithTheCommand() throws IOException {
        Files.writeString(model().resolve("weights.txt"), "");
        refused(DataException.class, "tokenizer.json", "[weights.txt]", "python -c", "save_pretrained");
        assertEquals(Optional.empty(), TokenizerRebuild.origin(model()));
    }

    @Test
    void ranksOfAnUnknownFamilyNameThePatternThatIsMissing() throws IOException {
        copy("ranks.tiktoken", "some.tiktoken");
        Files.writeString(model().resolve("config.json"), "{\"model_type\": \"novel\"}");
        refused(UnsupportedException.class, "\"novel\"", "qwen", "TikTokenConverter", "some.tiktoken", "THE PATTERN");
    }

    @Test
    void ranksThatDoNotMeetTheFamilysSpecialTokensAreRefused() throws IOException {
        copy("ranks.tiktoken", "tokenizer.model");
        Files.writeString(model().resolve("config.json"), "{\"model_type\": \"llama\"}");
        refused(UnsupportedException.class, "of another make");
    }

    @Test
    void aRankFileWithABrokenLineIsNamedWithIt() throws IOException {
        Files.writeString(model().resolve("a.tiktoken"), "IQ== 0\nIg== one\n");
        Files.writeString(model().resolve("config.json"), "{\"model_type\": \"qwen\"}");
        refused(DataException.class, "a.tiktoken:2");
    }

    @Test
    void aVocabularyOfAnUnknownFamilyNamesItsTypeAndClass() throws IOException {
        copy("vocab.json", "vocab.json");
        copy("merges.txt", "merges.txt");
        Files.writeString(model().resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"OddTokenizer\"}");
        refused(UnsupportedException.class, "OddTokenizer", "qwen2", "python -c");
        assertEquals(
                Optional.of("vocab.json and merges.txt (vocabulary and merges)"), TokenizerRebuild.origin(model()));
    }

    @Test
    void mergesOfAnotherVocabularyAreNamedWithTheirLine() throws IOException {
        copy("vocab.json", "vocab.json");
        Files.writeString(model().resolve("merges.txt"), "#version: 0.2\nqqq zzz\n");
        Files.writeString(model().resolve("config.json"), "{\"model_type\": \"gpt2\"}");
        refused(DataException.class, "merges.txt:2", "qqq zzz");
    }

    @Test
    void aClassThatShiftsTheIdsOfItsPiecesIsRefused() throws IOException {
        copy("unigram_bytes.model", "tokenizer.model");
        Files.writeString(
                model().resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"XLMRobertaTokenizerFast\"}");
        refused(UnsupportedException.class, "XLMRobertaTokenizer", "python -c");
    }

    @Test
    void anAddedTokenWithTwoIdsIsNamed() throws IOException {
        copy("llama.model", "tokenizer.model");
        Files.writeString(model().resolve("added_tokens.json"), "{\"<s>\": 700}");
        refused(DataException.class, "\"<s>\"", "700", "under 1");
    }

    @Test
    void idsWithAHoleAreKept() throws IOException {
        copy("llama.model", "tokenizer.model");
        Files.writeString(model().resolve("added_tokens.json"), "{\"<|a|>\": 710, \"<|b|>\": 705}");
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(model(), temporary.resolve("cache"))) {
            assertEquals(710, tokenizer.id("<|a|>").orElseThrow());
            assertEquals(711, tokenizer.vocabularySize());
            assertTrue(Arrays.stream(tokenizer.encode("x<|b|>y")).anyMatch(id -> id == 705));
        }
    }

    @Test
    void brokenModelFilesNeverGiveAnythingButARefusal() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("tokenizers/models/llama.model"));
        Random random = new Random(11);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 4000; i++) {
                byte[] broken = Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
                for (int changes = random.nextInt(6); changes > 0 && broken.length > 0; changes--) {
                    broken[random.nextInt(broken.length)] = (byte) random.nextInt();
                }
                try {
                    assertTrue(SentencePieceFile.read("fuzz", broken).pieces().size() <= whole.length);
                } catch (FineTuneException e) {
                    assertTrue(e.getMessage().startsWith("fuzz"), e.getMessage());
                }
            }
        });
    }

    private static Map<String, Object> tiny() {
        Map<String, Object> values = new HashMap<>();
        values.put("general.architecture", "llama");
        values.put("tokenizer.ggml.model", "llama");
        values.put("tokenizer.ggml.tokens", List.of("<unk>", "\u2581", "a", "b", "ab", "  "));
        values.put("tokenizer.ggml.token_type", new int[] {2, 1, 1, 1, 1, 4});
        values.put("tokenizer.ggml.scores", new float[] {0, -1, -2, -3, -4, -1000});
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "tokenizer.ggml.model, bert, UnsupportedException, \"bert\"",
        "tokenizer.ggml.eos_token_id, 77, WeightException, is 77",
        "tokenizer.ggml.eos_token_id, -7, WeightException, is -7",
    })
    void contradictionsOfAGgufAreNamed(String key, String value, String type, String word) {
        Map<String, Object> values = tiny();
        values.put(key, key.endsWith("_id") ? (Object) Long.valueOf(value) : value);
        FineTuneException refusal = assertThrows(
                FineTuneException.class, () -> TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", values), temporary));
        assertEquals(type, refusal.getClass().getSimpleName());
        assertTrue(refusal.getMessage().startsWith("f.gguf"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }

    @Test
    void anUnknownWordRuleOfAGgufIsNamedWithTheKnownOnes() {
        Map<String, Object> values = tiny();
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.pre", "novel");
        String message = assertThrows(
                        UnsupportedException.class,
                        () -> TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", values), temporary))
                .getMessage();
        assertTrue(message.contains("\"novel\"") && message.contains("llama-bpe, llama-v3"), message);
    }

    @Test
    void listsOfAGgufThatDifferInLengthAreNamed() {
        Map<String, Object> values = tiny();
        values.put("tokenizer.ggml.token_type", new int[] {2, 1});
        assertThrows(
                WeightException.class, () -> TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", values), temporary));
        values.remove("tokenizer.ggml.token_type");
        values.put("tokenizer.ggml.scores", new float[3]);
        assertThrows(
                WeightException.class, () -> TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", values), temporary));
        values.put("tokenizer.ggml.tokens", List.of("a", "a"));
        assertTrue(assertThrows(
                        WeightException.class,
                        () -> TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", values), temporary))
                .getMessage()
                .contains("twice"));
    }

    @Test
    void runsOfBlanksThatAUserDefinedAreOneToken() {
        TokenizerRebuild.fromGguf(GgufMetadata.of("f.gguf", tiny()), temporary);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(temporary)) {
            assertEquals("[1, 4, 5, 3]", Arrays.toString(tokenizer.encode("ab  b")));
        }
    }
}
