package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A tokenizer in the making: parts, added tokens by id, and the config that names the special ones. */
final class TokenizerDraft {
    /** Parts of a special token in a config, in the order in which missing ones get ids. */
    static final List<String> NAMED =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final List<String> LISTED = List.of("additional_special_tokens", "extra_special_tokens");
    /** Of these, some would send a loader to code or files that are not here, others say what the parts say already. */
    private static final List<String> LEFT_OUT = List.of(
            "auto_map",
            "added_tokens_decoder",
            "slow_tokenizer_class",
            "sp_model_kwargs",
            "vocab_file",
            "merges_file",
            "tokenizer_file",
            "from_slow",
            "use_fast",
            "legacy");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final String where;
    private final TokenizerParts parts;
    private final Map<Integer, MatchedToken> added;
    private final ObjectNode config;
    private final Map<String, Integer> ids = new HashMap<>();

    /**
     * @param where what the tokenizer is made of, for messages
     * @param added tokens by id
     * @param config as it will be written but for what this class adds; special tokens as texts or as objects
     */
    TokenizerDraft(String where, TokenizerParts parts, Map<Integer, MatchedToken> added, ObjectNode config) {
        this.where = where;
        this.parts = parts;
        this.added = new TreeMap<>(added);
        this.config = config.deepCopy();
        JsonNode vocabulary = parts.model().path("vocab");
        if (vocabulary.isObject()) {
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
        } else {
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        }
        this.added.forEach((id, token) -> ids.put(token.text(), id));
    }

    /** The finished tokenizer. */
    RebuiltTokenizer finish() {
        config.remove(LEFT_OUT);
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        nameSpecials();
        placeLateTokens();
        ObjectNode json = JSON.objectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        ArrayNode tokens = json.putArray("added_tokens");
        added.forEach((id, token) -> tokens.add(token.json(id)));
        json.set("normalizer", parts.normalizer());
        json.set("pre_tokenizer", parts.preTokenizer());
        json.set("post_processor", frame());
        json.set("decoder", parts.decoder());
        json.set("model", parts.model());
        return new RebuiltTokenizer(json, config);
    }

    private void nameSpecials() {
        for (String name : NAMED) {
            MatchedToken token = special(config.path(name));
            if (token != null) {
                config.put(name, token.text());
                add(token);
            }
        }
        for (String name : LISTED) {
            if (config.path(name).isArray()) {
                List<MatchedToken> tokens = new ArrayList<>();
                for (JsonNode node : config.path(name)) {
                    MatchedToken token = special(node);
                    if (token != null) {
                        tokens.add(token);
                    }
                }
                ArrayNode texts = config.putArray(name);
                tokens.forEach(token -> texts.add(token.text()));
                tokens.forEach(this::add);
            }
        }
    }

    private static @Nullable MatchedToken special(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().isEmpty() ? null : MatchedToken.plain(node.textValue(), true);
        }
        return node.path("content").isTextual()
                        && !node.path("content").asText().isEmpty()
                ? MatchedToken.of(node).asSpecial().asGiven()
                : null;
    }

    /** Makes a token special, under its own id where it has one and behind all others where not. */
    private void add(MatchedToken token) {
        Integer known = ids.get(token.text());
        int id = known == null ? next() : known;
        MatchedToken present = added.get(id);
        added.put(id, present == null ? token : present.asSpecial());
        ids.put(token.text(), id);
    }

    private int next() {
        return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    /**
     * The library counts added tokens from the size of the vocabulary on, whatever their ids say. Where that would give
     * other ids, the vocabulary itself takes the tokens.
     */
    private void placeLateTokens() {
        JsonNode vocabulary = parts.model().path("vocab");
        int expected = vocabulary.size();
        boolean counts = !vocabulary.isObject() || !hasHoles(vocabulary);
        Map<Integer, MatchedToken> late = new TreeMap<>();
        for (Map.Entry<Integer, MatchedToken> entry : added.entrySet()) {
            if (!holds(vocabulary, entry.getKey(), entry.getValue().text())) {
                counts &= entry.getKey() == expected++;
                late.put(entry.getKey(), entry.getValue());
            }
        }
        if (counts) {
            return;
        }
        if (!(vocabulary instanceof ObjectNode map)) {
            throw new UnsupportedException(where + ": the added tokens have the ids " + late.keySet()
                    + ", which do not follow the "
                    + vocabulary.size() + " pieces of the vocabulary one by one; such a unigram tokenizer has no"
                    + " tokenizer.json. Correct the ids in tokenizer_config.json or added_tokens.json.");
        }
        late.forEach((id, token) -> map.put(token.text(), id.intValue()));
    }

    private static boolean hasHoles(JsonNode vocabulary) {
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            if (entry.getValue().intValue() >= vocabulary.size()) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(JsonNode vocabulary, int id, String text) {
        return vocabulary.isObject()
                ? vocabulary.path(text).asInt(-1) == id
                : vocabulary.path(id).path(0).asText().equals(text) && id < vocabulary.size();
    }

    /** What the tokenizer puts around a text by a rule of its own. */
    private JsonNode frame() {
        ArrayNode single = JSON.arrayNode();
        ArrayNode pair = JSON.arrayNode();
        ObjectNode tokens = JSON.objectNode();
        frameToken("add_bos_token", "bos_token", 0, single, tokens);
        frameText("A", 0, single);
        frameToken("add_eos_token", "eos_token", 0, single, tokens);
        pair.addAll(single);
        frameToken("add_bos_token", "bos_token", 1, pair, tokens);
        frameText("B", 1, pair);
        frameToken("add_eos_token", "eos_token", 1, pair, tokens);
        ObjectNode frame = JSON.objectNode().put("type", "TemplateProcessing");
        frame.set("single", single);
        frame.set("pair", pair);
        frame.set("special_tokens", tokens);
        return frame;
    }

    private static void frameText(String name, int type, ArrayNode out) {
        out.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private void frameToken(String flag, String name, int type, ArrayNode out, ObjectNode tokens) {
        String text = config.path(name).asText("");
        if (!config.path(flag).asBoolean(false) || text.isEmpty()) {
            return;
        }
        out.addObject().putObject("SpecialToken").put("id", text).put("type_id", type);
        ObjectNode token = tokens.putObject(text).put("id", text);
        token.putArray("ids").add(ids.get(text));
        token.putArray("tokens").add(text);
    }
}
