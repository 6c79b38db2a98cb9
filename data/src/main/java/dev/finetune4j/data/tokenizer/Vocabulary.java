package dev.finetune4j.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tokens of a {@code tokenizer.json} by text and by id, and the adding of more. The JSON given in is never changed. */
final class Vocabulary {
    private final ObjectNode json;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Integer, String> tokens = new HashMap<>();
    private int size;

    Vocabulary(ObjectNode json) {
        this.json = json;
        JsonNode model = json.path("model").path("vocab");
        if (model.isObject()) {
            model.properties()
                    .forEach(field -> put(field.getKey(), field.getValue().intValue()));
        } else {
            // Unigram models list pairs of piece and score; the place in the list is the id.
            for (int i = 0; i < model.size(); i++) {
                put(model.get(i).get(0).textValue(), i);
            }
        }
        for (JsonNode token : json.path("added_tokens")) {
            put(token.path("content").asText(), token.path("id").intValue());
        }
    }

    private void put(String token, int id) {
        ids.put(token, id);
        tokens.put(id, token);
        size = Math.max(size, id + 1);
    }

    ObjectNode json() {
        return json;
    }

    int size() {
        return size;
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Nullable
    String token(int id) {
        return tokens.get(id);
    }

    /** Those of the tokens that are in the vocabulary under no id. */
    List<String> missing(List<String> wanted) {
        return wanted.stream().filter(token -> !ids.containsKey(token)).toList();
    }

    /** This vocabulary with those tokens as special added ones; itself where they are already. */
    Vocabulary with(List<String> special) {
        return withAdded(
                special.stream().map(token -> new AddedToken(token, true)).toList());
    }

    /**
     * This vocabulary in which each of the tokens is an added token: with its id where the model's vocabulary has it, with
     * the next free id otherwise. Tokens that are added tokens already stay as they are, but may become special. Itself where
     * nothing changes.
     */
    Vocabulary withAdded(List<AddedToken> wanted) {
        Map<String, ObjectNode> added = new LinkedHashMap<>();
        json.path("added_tokens").forEach(node -> added.put(node.path("content").asText(), (ObjectNode) node));
        Map<String, ObjectNode> before = Map.copyOf(added);
        int next = size;
        for (AddedToken token : wanted) {
            ObjectNode there = added.get(token.text());
            if (there == null) {
                Integer known = ids.get(token.text());
                added.put(token.text(), entry(token, known == null ? next++ : known));
            } else if (token.special() && !there.path("special").asBoolean()) {
                added.put(token.text(), entry(token, there.path("id").intValue()));
            }
        }
        if (added.equals(before)) {
            return this;
        }
        return new Vocabulary(withAdded(json.arrayNode().addAll(added.values())));
    }

    /** Added tokens by id. */
    SortedMap<Integer, AddedToken> added() {
        SortedMap<Integer, AddedToken> added = new TreeMap<>();
        for (JsonNode token : json.path("added_tokens")) {
            boolean special = token.path("special").asBoolean();
            added.put(
                    token.path("id").intValue(),
                    new AddedToken(token.path("content").asText(), special));
        }
        return added;
    }

    /**
     * The JSON without any added token, so that their texts are encoded like any other. A unigram model looks for each entry
     * of its vocabulary in the text; those of added tokens get names that no text has.
     */
    ObjectNode withoutAdded() {
        ObjectNode copy = withAdded(json.arrayNode());
        if (json.path("model").path("vocab") instanceof ArrayNode pieces) {
            ArrayNode nameless = json.arrayNode(pieces.size()).addAll(pieces);
            for (JsonNode token : json.path("added_tokens")) {
                int id = token.path("id").intValue();
                if (token.path("special").asBoolean() && id < pieces.size()) {
                    nameless.set(
                            id,
                            json.arrayNode()
                                    .add("\uffff" + id + "\uffff")
                                    .add(pieces.get(id).path(1)));
                }
            }
            ObjectNode model = json.objectNode();
            model.setAll((ObjectNode) json.path("model"));
            model.set("vocab", nameless);
            copy.set("model", model);
        }
        return copy;
    }

    /** A copy that shares everything but the list of added tokens: vocabularies are large. */
    private ObjectNode withAdded(ArrayNode added) {
        ObjectNode copy = json.objectNode();
        copy.setAll(json);
        copy.set("added_tokens", added);
        return copy;
    }

    private ObjectNode entry(AddedToken token, int id) {
        ObjectNode node = json.objectNode();
        node.put("id", id);
        node.put("content", token.text());
        node.put("single_word", false);
        node.put("lstrip", false);
        node.put("rstrip", false);
        node.put("normalized", !token.special());
        node.put("special", token.special());
        return node;
    }
}
