package dev.finetune4j.data.tokenizer.rebuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.gguf.GgufMetadata;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of tokenizers that were made anew, against those of the libraries that their files come from. */
class RebuiltIdsTest {
    private static final JsonNode SHEET = Golden.json("golden/rebuilt.json");
    private static final JsonNode CONVERTED = Golden.json("golden/gguf_tokenizers.json");
    private static final List<String> TEXTS = texts();

    @TempDir
    Path temporary;

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        Golden.json("golden/tokens.json").path("texts").forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private Path folder(JsonNode sheet) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("model"));
        for (Map.Entry<String, JsonNode> file : sheet.path("files").properties()) {
            Files.copy(Golden.path("tokenizers/models/" + file.getValue().asText()), folder.resolve(file.getKey()));
        }
        JsonMapper mapper = new JsonMapper();
        mapper.writeValue(folder.resolve("tokenizer_config.json").toFile(), sheet.path("config"));
        String type = sheet.path("model_type").asText();
        mapper.writeValue(folder.resolve("config.json").toFile(), Map.of("model_type", type));
        return folder;
    }

    private Tokenizer tokenizer(String name) throws IOException {
        return HuggingFaceTokenizer.load(folder(SHEET.path("cases").path(name)), temporary.resolve("cache"));
    }

    private static List<String> differences(JsonNode expected, Function<String, int[]> encode) {
        assertEquals(TEXTS.size(), expected.size());
        List<String> found = new ArrayList<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            int[] ids = encode.apply(TEXTS.get(i));
            int[] due = Golden.ints(expected.get(i));
            if (!Arrays.equals(due, ids)) {
                found.add(
                        i + " \"" + TEXTS.get(i) + "\": due " + Arrays.toString(due) + ", got " + Arrays.toString(ids));
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama_legacy", "llama_alone", "gemma", "unigram", "unigram_bytes", "ranks", "tekken"})
    void literalTextHasTheIdsOfItsOwnLibrary(String name) throws IOException {
        try (Tokenizer tokenizer = tokenizer(name)) {
            List<String> found = differences(SHEET.path("cases").path(name).path("literal"), tokenizer::encodeLiteral);
            assertEquals("", String.join("\n", found));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama_without_prefix", "llama_legacy", "gemma", "vocabulary", "ranks"})
    void textWithSpecialTokensHasTheIdsOfTransformers(String name) throws IOException {
        try (Tokenizer tokenizer = tokenizer(name)) {
            List<String> found = differences(SHEET.path("cases").path(name).path("ids"), tokenizer::encode);
            assertEquals("", String.join("\n", found));
        }
    }

    @Test
    void nothingIsWrittenIntoTheModelsFolderAndTheCacheIsUsedAgain() throws IOException {
        Path folder = folder(SHEET.path("cases").path("llama"));
        Set<Path> before = listing(folder);
        Path first = TokenizerRebuild.folder(folder, temporary.resolve("cache"));
        Object written = Files.getLastModifiedTime(first.resolve("tokenizer.json"));
        assertEquals(first, TokenizerRebuild.folder(folder, temporary.resolve("cache")));
        assertEquals(written, Files.getLastModifiedTime(first.resolve("tokenizer.json")));
        assertEquals(before, listing(folder));
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
        Path other = TokenizerRebuild.folder(folder, temporary.resolve("cache"));
        assertFalse(other.equals(first), "another template is another tokenizer");
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder, temporary.resolve("cache"))) {
            assertEquals("{{ messages }}", tokenizer.chatTemplate());
        }
        try (var files = Files.list(other.getParent())) {
            assertEquals(2, files.count(), "nothing unfinished stays behind");
        }
    }

    private static Set<Path> listing(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return Set.copyOf(files.toList());
        }
    }

    @Test
    void whatIsSavedLoadsWithoutTheModel() throws IOException {
        Path saved = Files.createDirectories(temporary.resolve("saved"));
        try (Tokenizer tokenizer = tokenizer("llama")) {
            tokenizer.save(saved);
            assertEquals("<s>", tokenizer.specialTokens().bos());
            assertEquals(1, tokenizer.frame().length);
            assertEquals(702, tokenizer.id("<|end|>").orElseThrow());
            assertEquals(703, tokenizer.vocabularySize());
            try (Tokenizer again = HuggingFaceTokenizer.load(saved)) {
                assertEquals(tokenizer.digest(), again.digest());
            }
        }
        assertEquals(
                "PreTrainedTokenizerFast",
                new JsonMapper()
                        .readTree(saved.resolve("tokenizer_config.json").toFile())
                        .path("tokenizer_class")
                        .asText());
    }

    @Test
    void everyKnownWordRuleMakesATokenizerThatKeepsTheText() throws IOException {
        String text = "It's 1234 HelloWorld, caf\u00e9 (x+y)\n\n  end";
        List<String> rules = WordRules.known("gguf_pre");
        assertTrue(rules.containsAll(List.of("llama-bpe", "smollm", "qwen2", "deepseek-llm", "gpt-2", "tekken")));
        for (String rule : rules) {
            try (Tokenizer tokenizer = ofGguf("bytes", Map.of("tokenizer.ggml.pre", rule))) {
                assertEquals(text, tokenizer.decode(tokenizer.encode(text), false), rule);
            }
        }
    }

    @Test
    void tekkenFilesHoldTheirSpecialTokensAndFillTheirPlaces() throws IOException {
        try (Tokenizer tokenizer = tokenizer("tekken")) {
            assertEquals("<s>", tokenizer.specialTokens().bos());
            assertEquals("</s>", tokenizer.specialTokens().eos());
            assertEquals("<SPECIAL_7>", tokenizer.token(7));
            assertEquals(485, tokenizer.vocabularySize());
            assertEquals("[2, 3]", Arrays.toString(tokenizer.encode("</s><|user|>")));
            assertEquals("<|user|>", tokenizer.decode(new int[] {2, 3}, true), "it is no control token");
            assertEquals("[1]", Arrays.toString(tokenizer.frame()));
        }
    }

    private Tokenizer ofClass(String tokenizerClass) throws IOException {
        ObjectNode sheet = SHEET.path("cases").path("unigram").deepCopy();
        sheet.putObject("config").put("tokenizer_class", tokenizerClass);
        return HuggingFaceTokenizer.load(folder(sheet), temporary.resolve("cache"));
    }

    @Test
    void sentinelsOfT5StandBehindThePiecesTheLastOneFirst() throws IOException {
        try (Tokenizer tokenizer = ofClass("T5Tokenizer")) {
            assertEquals(400, tokenizer.vocabularySize());
            assertEquals(300, tokenizer.id("<extra_id_99>").orElseThrow());
            assertEquals("[399]", Arrays.toString(tokenizer.encode("<extra_id_0>")));
        }
    }

    @Test
    void tokensThatOnlyTheClassOfChatGlmKnowsStandBehindThePieces() throws IOException {
        try (Tokenizer tokenizer = ofClass("ChatGLMTokenizer")) {
            assertEquals("[301, 303]", Arrays.toString(tokenizer.encode("[gMASK]sop")));
            assertEquals(308, tokenizer.id("<|observation|>").orElseThrow());
        }
    }

    private Tokenizer ofGguf(String name) throws IOException {
        return ofGguf(name, Map.of());
    }

    private Tokenizer ofGguf(String name, Map<String, Object> other) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("gguf"));
        TokenizerRebuild.fromGguf(metadata(name, other), folder);
        return HuggingFaceTokenizer.load(folder);
    }

    private static GgufMetadata metadata(String name, Map<String, Object> other) {
        Map<String, Object> values = new HashMap<>();
        values.put("general.architecture", "llama");
        values.put("llama.context_length", 4096L);
        values.put("tokenizer.chat_template", "{{ messages }}");
        for (Map.Entry<String, JsonNode> entry : SHEET.path("gguf").path(name).properties()) {
            values.put("tokenizer.ggml." + entry.getKey(), value(entry.getKey(), entry.getValue()));
        }
        values.putAll(other);
        return GgufMetadata.of("some.gguf", values);
    }

    private static Object value(String key, JsonNode node) {
        if (key.equals("token_type")) {
            return Golden.ints(node);
        }
        if (key.equals("scores")) {
            float[] scores = new float[node.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = node.get(i).floatValue();
            }
            return scores;
        }
        if (node.isArray()) {
            List<String> texts = new ArrayList<>();
            node.forEach(text -> texts.add(text.asText()));
            return texts;
        }
        return node.isBoolean() ? node.booleanValue() : node.isNumber() ? node.longValue() : (Object) node.asText();
    }

    @Test
    void aByteLevelTokenizerOutOfAGgufHasTheIdsOfTheOriginal() throws IOException {
        JsonNode due = Golden.json("golden/tokens.json").path("tokenizers").path("bytes");
        try (Tokenizer tokenizer = ofGguf("bytes")) {
            assertEquals("", String.join("\n", differences(due.path("ids"), tokenizer::encode)));
            assertEquals(due.path("size").intValue(), tokenizer.vocabularySize(), "padding rows are no tokens");
            assertEquals("<|im_end|>", tokenizer.specialTokens().eos());
            assertEquals("<|endoftext|>", tokenizer.specialTokens().pad());
            assertEquals("{{ messages }}", tokenizer.chatTemplate());
            assertEquals(0, tokenizer.frame().length);
        }
    }

    @Test
    void aTokenizerOfPiecesOutOfAGgufHasTheIdsOfSentencePiece() throws IOException {
        JsonNode due = SHEET.path("cases").path("llama_legacy").path("literal");
        try (Tokenizer tokenizer = ofGguf("pieces")) {
            assertEquals("", String.join("\n", differences(due, tokenizer::encodeLiteral)));
            assertEquals("</s>", tokenizer.specialTokens().eos());
            assertTrue(tokenizer.specialTokens().addBos());
            assertEquals(1, tokenizer.frame()[0]);
            assertEquals("a b<|user|>", tokenizer.decode(tokenizer.encode("a b<|user|>"), false));
        }
    }

    static Stream<String> converted() {
        return CONVERTED.path("cases").properties().stream().map(Map.Entry::getKey);
    }

    private Path asTransformers(JsonNode sheet, String architecture) throws IOException {
        Map<String, Object> other = new HashMap<>();
        other.put("general.architecture", architecture);
        sheet.path("other")
                .properties()
                .forEach(entry ->
                        other.put("tokenizer.ggml." + entry.getKey(), value(entry.getKey(), entry.getValue())));
        Path folder = Files.createDirectories(temporary.resolve("converted"));
        TokenizerRebuild.fromGgufAsTransformers(metadata(sheet.path("kind").asText(), other), folder);
        return folder;
    }

    @ParameterizedTest
    @MethodSource("converted")
    void aGgufReadAsTransformersDoesHasItsIdsAndSpecialTokens(String name) throws IOException {
        JsonNode due = CONVERTED.path("cases").path(name);
        Path folder = asTransformers(due, due.path("architecture").asText());
        assertTrue(TokenizerRebuild.origin(folder).orElseThrow().contains("as transformers"));
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder)) {
            assertEquals("", String.join("\n", differences(due.path("ids"), tokenizer::encode)));
            JsonNode specials = due.path("specials");
            assertEquals(
                    specials.path("bos_token").asText(null),
                    tokenizer.specialTokens().bos());
            assertEquals(
                    specials.path("eos_token").asText(null),
                    tokenizer.specialTokens().eos());
            assertEquals(
                    specials.path("pad_token").asText(null),
                    tokenizer.specialTokens().pad());
            assertEquals(due.path("size").intValue(), tokenizer.vocabularySize());
            assertEquals(0, tokenizer.frame().length);
            assertEquals("{{ messages }}", tokenizer.chatTemplate());
        }
    }

    @Test
    void whereTransformersMakesNothingThatWorksTheMetadataAreFollowed() throws IOException {
        Path folder = asTransformers(CONVERTED.path("cases").path("llama_bytes"), "olmo2");
        assertTrue(TokenizerRebuild.origin(folder).orElseThrow().contains("makes nothing"));
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder)) {
            assertEquals("<|im_start|>", tokenizer.specialTokens().bos());
            assertEquals("<|im_end|>", tokenizer.specialTokens().eos());
            assertEquals(3, tokenizer.encodeLiteral("123").length, "digits are cut one by one");
        }
    }
}
