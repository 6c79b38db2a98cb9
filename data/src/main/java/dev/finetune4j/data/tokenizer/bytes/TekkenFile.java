package dev.finetune4j.data.tokenizer.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.DataException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Mistral's {@code tekken.json}: ranked byte sequences behind a fixed number of special tokens, and the pattern of words. The
 * file may list more sequences than the model has rows for; the config says where they end.
 *
 * @param ranks ids by sequence, those of the special tokens before them
 * @param special whether a token is a control token, by its text, in the order of the ids from 0 on
 * @param pattern cuts text into words
 */
public record TekkenFile(RankFile ranks, Map<String, Boolean> special, String pattern) {
    /**
     * Reads one.
     *
     * @param where the file, for messages
     * @param usual texts of the special tokens of files that list none
     * @throws DataException naming what is missing or contradicts itself
     */
    public static TekkenFile read(String where, JsonNode file, JsonNode usual) {
        JsonNode config = file.path("config");
        String pattern = config.path("pattern").asText();
        int reserved = config.path("default_num_special_tokens").asInt(-1);
        int size = config.path("default_vocab_size").asInt(-1);
        JsonNode vocabulary = file.path("vocab");
        int count = size - reserved;
        if (pattern.isEmpty() || reserved < 0 || count <= 0 || count > vocabulary.size()) {
            throw malformed(
                    where,
                    "The config gives " + size + " tokens, " + reserved + " of them special, and the pattern \""
                            + pattern + "\", but the file lists " + vocabulary.size() + " byte sequences.");
        }
        Map<String, Integer> ranks = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            JsonNode token = vocabulary.path(i);
            String letters = letters(where, token.path("token_bytes").asText());
            if (token.path("rank").asInt(-1) != i || ranks.put(letters, reserved + i) != null) {
                throw malformed(where, "Entry " + i + " of the vocabulary has another rank or stands there twice.");
            }
        }
        return new TekkenFile(
                new RankFile(ranks), special(where, file.path("special_tokens"), usual, reserved), pattern);
    }

    private static Map<String, Boolean> special(String where, JsonNode listed, JsonNode usual, int reserved) {
        Map<Integer, String> texts = new TreeMap<>();
        Map<Integer, Boolean> controls = new TreeMap<>();
        for (JsonNode token : listed) {
            texts.put(token.path("rank").asInt(-1), token.path("token_str").asText());
            controls.put(token.path("rank").asInt(-1), token.path("is_control").asBoolean(true));
        }
        if (listed.isEmpty()) {
            usual.forEach(text -> texts.put(texts.size(), text.asText()));
        }
        Map<String, Boolean> special = new LinkedHashMap<>();
        for (int id = 0; id < reserved; id++) {
            String text = texts.getOrDefault(id, "<SPECIAL_" + id + ">");
            special.put(text, controls.getOrDefault(id, true));
        }
        if (special.size() != reserved || texts.keySet().stream().anyMatch(id -> id < 0 || id >= reserved)) {
            throw malformed(where, "The special tokens " + texts + " do not fit into " + reserved + " places.");
        }
        return special;
    }

    private static String letters(String where, String text) {
        try {
            return ByteLetters.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new DataException(where, "\"" + text + "\" is not Base64. Copy the file from the model again.", e);
        }
    }

    private static DataException malformed(String where, String what) {
        return new DataException(where, what + " Copy the file from the model again.");
    }
}
