package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is found in a text before the text is cut into words.
 *
 * @param normalized whether it is looked for after the text was normalized, else in the text as given
 * @param special whether it is a control token, left out of readable text
 */
record MatchedToken(String text, boolean word, boolean left, boolean right, boolean normalized, boolean special) {
    /** Found wherever its text stands. */
    static MatchedToken plain(String text, boolean special) {
        return new MatchedToken(text, false, false, false, false, special);
    }

    /** From the form in which a tokenizer's config holds it. */
    static MatchedToken of(JsonNode token) {
        boolean special = token.path("special").asBoolean(false);
        return new MatchedToken(
                token.path("content").asText(),
                token.path("single_word").asBoolean(false),
                token.path("lstrip").asBoolean(false),
                token.path("rstrip").asBoolean(false),
                token.path("normalized").asBoolean(!special),
                special);
    }

    MatchedToken asSpecial() {
        return special ? this : new MatchedToken(text, word, left, right, normalized, true);
    }

    MatchedToken asGiven() {
        return normalized ? new MatchedToken(text, word, left, right, false, special) : this;
    }

    /** The form of {@code tokenizer.json}. */
    ObjectNode json(int id) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("content", text)
                .put("single_word", word)
                .put("lstrip", left)
                .put("rstrip", right)
                .put("normalized", normalized)
                .put("special", special);
    }
}
