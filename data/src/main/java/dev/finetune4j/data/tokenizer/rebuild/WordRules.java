package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How families of byte-level tokenizers cut text into words, from {@code tokenizers/word-rules.json}. The rule stands in no
 * vocabulary file; two tokenizers with the same vocabulary and merges differ by it.
 */
final class WordRules {
    private static final String RESOURCE = "/tokenizers/word-rules.json";
    private static final JsonNode TABLE = read();

    /**
     * One way of cutting.
     *
     * @param normalizer as in {@code tokenizer.json}; null node for none
     * @param preTokenizer as there
     * @param wholeFirst whether a word that is a token is taken whole, without merging
     * @param addsBegin whether the families with this rule put the beginning token in front of a text
     */
    record Rule(JsonNode normalizer, JsonNode preTokenizer, boolean wholeFirst, boolean addsBegin) {}

    /**
     * What a family that stores ranks keeps in its code.
     *
     * @param special token texts by id, an empty object where the config has them
     */
    record RankFamily(Rule rule, JsonNode special, String begin, String end) {}

    /**
     * What the converter of transformers 5.6 makes of the tokenizer of a GGUF file, whatever the file says.
     *
     * @param rule how text is cut into words; empty for pieces, which are not cut
     * @param unknown whether bytes that have no token become the unknown token; else they vanish
     * @param added texts that are found as a whole; null for every control token
     * @param special texts of special tokens by their name in a config
     * @param ids last words of the keys that name special tokens by id, by their name in a config
     */
    record Conversion(
            Optional<Rule> rule,
            boolean unknown,
            @Nullable List<String> added,
            Map<String, String> special,
            Map<String, String> ids) {}

    private WordRules() {}

    private static JsonNode read() {
        try (InputStream in = WordRules.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing from the library");
            }
            return SourceFolder.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Rule> rule(JsonNode name) {
        JsonNode rule = TABLE.path("rules").path(name.asText());
        return rule.isMissingNode()
                ? Optional.empty()
                : Optional.of(new Rule(
                        rule.has("normalizer")
                                ? rule.get("normalizer")
                                : SourceFolder.MAPPER.getNodeFactory().nullNode(),
                        rule.path("pre_tokenizer"),
                        rule.path("ignore_merges").asBoolean(),
                        rule.path("add_bos_token").asBoolean()));
    }

    /** By the name that GGUF files give it. */
    static Optional<Rule> ofGguf(String pre) {
        return rule(TABLE.path("gguf_pre").path(pre));
    }

    /** By the architecture of a GGUF file that names no rule. */
    static Optional<Rule> ofGgufArchitecture(String architecture) {
        return rule(TABLE.path("gguf_architectures").path(architecture));
    }

    /**
     * The conversion that transformers has for a GGUF file.
     *
     * @param model kind of the tokenizer, as the file names it
     * @param architecture of the model, as the file names it
     * @return empty where it has none, or one whose ids are not those of the model's words
     */
    static Optional<Conversion> ofTransformers(String model, String architecture) {
        JsonNode row = TABLE.path("transformers_gguf").path(model).path(architecture);
        if (row.isMissingNode()) {
            return Optional.empty();
        }
        List<String> added = row.has("added") ? texts(row.get("added")) : null;
        return Optional.of(new Conversion(
                rule(row.path("rule")),
                row.path("unknown").asBoolean(),
                added,
                byName(row.path("named")),
                byName(row.path("ids"))));
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Map<String, String> byName(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    /** By the family of the model, else by the class of its tokenizer. */
    static Optional<Rule> ofFolder(String modelType, String tokenizerClass) {
        return rule(TABLE.path("model_types").path(modelType))
                .or(() -> rule(TABLE.path("tokenizer_classes").path(tokenizerClass)));
    }

    static Optional<RankFamily> ofRanks(String modelType) {
        JsonNode family = TABLE.path("rank_files").path(modelType);
        return rule(family.path("rule"))
                .map(rule -> new RankFamily(
                        rule,
                        family.path("special"),
                        family.path("bos").asText(""),
                        family.path("eos").asText("")));
    }

    /** Words by a pattern that a file brings along; a word that is a token is taken whole, as tiktoken does. */
    static Rule cutting(String pattern) {
        ObjectNode steps = SourceFolder.MAPPER.createObjectNode().put("type", "Sequence");
        ArrayNode both = steps.putArray("pretokenizers");
        ObjectNode split = both.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", pattern);
        split.put("behavior", "Isolated").put("invert", false);
        both.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
        return new Rule(SourceFolder.MAPPER.getNodeFactory().nullNode(), steps, true, true);
    }

    /** Texts of the special tokens of {@code tekken.json} files that list none, in the order of their ids. */
    static JsonNode tekkenTokens() {
        return TABLE.path("tekken_tokens");
    }

    /** Special tokens that a class puts behind its pieces by code of its own; empty for other classes. */
    static JsonNode pieceTokens(String tokenizerClass) {
        return TABLE.path("piece_tokens").path(tokenizerClass);
    }

    /** Whether the class gives ids that differ from those of its SentencePiece file, or changes text by code of its own. */
    static boolean refuses(String tokenizerClass) {
        for (JsonNode refused : TABLE.path("refused_classes")) {
            if (refused.asText().equals(tokenizerClass)) {
                return true;
            }
        }
        return false;
    }

    /** Names of a part of the table, for messages. */
    static List<String> known(String part) {
        List<String> names = new ArrayList<>();
        TABLE.path(part).fieldNames().forEachRemaining(names::add);
        return names.stream().sorted().toList();
    }
}
