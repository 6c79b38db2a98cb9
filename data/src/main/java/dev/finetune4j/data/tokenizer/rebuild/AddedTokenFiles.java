package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.DataException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/** The tokens that {@code tokenizer_config.json} and {@code added_tokens.json} put over and behind a vocabulary. */
final class AddedTokenFiles {
    private static final String OLD = "added_tokens.json";
    private static final String DECODER = "added_tokens_decoder";

    private final SourceFolder source;
    private final SortedMap<Integer, String> texts;
    private final Map<Integer, MatchedToken> added;
    private final Map<String, Integer> ids = new HashMap<>();

    private AddedTokenFiles(SourceFolder source, SortedMap<Integer, String> texts, Map<Integer, MatchedToken> added) {
        this.source = source;
        this.texts = texts;
        this.added = added;
        texts.forEach((id, text) -> ids.put(text, id));
    }

    /** Whether the config lists added tokens with their ids. */
    static boolean areListed(SourceFolder source) {
        return !source.config().path(DECODER).isEmpty();
    }

    /**
     * Adds those of the folder.
     *
     * @param texts the vocabulary by id; an entry that the config calls by another name gets that name
     * @param added tokens by id, those of the vocabulary among them
     */
    static void read(SourceFolder source, SortedMap<Integer, String> texts, Map<Integer, MatchedToken> added) {
        AddedTokenFiles files = new AddedTokenFiles(source, texts, added);
        for (Map.Entry<String, JsonNode> entry : source.config().path(DECODER).properties()) {
            files.put(DECODER, files.number(entry.getKey()), MatchedToken.of(entry.getValue()));
        }
        for (Map.Entry<String, JsonNode> entry : source.object(OLD).properties()) {
            int id = entry.getValue().asInt(-1);
            if (!added.containsKey(id) || !added.get(id).text().equals(entry.getKey())) {
                files.put(OLD, id, new MatchedToken(entry.getKey(), false, false, false, true, false));
            }
        }
    }

    private int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new DataException(
                    source.where("tokenizer_config.json"),
                    DECODER + " has the key \"" + text + "\" where an id is due. Copy the file from the model again.",
                    e);
        }
    }

    private void put(String where, int id, MatchedToken token) {
        if (token.text().isEmpty()) {
            return;
        }
        Integer known = ids.get(token.text());
        if (id < 0 || known != null && known != id) {
            throw new DataException(
                    source.path().toString(),
                    where + " gives the token \"" + token.text() + "\" the id " + id
                            + (known == null ? "." : ", but the vocabulary has it under " + known + ".")
                            + " Copy the tokenizer's files from one revision of the model.");
        }
        boolean control = added.containsKey(id) && added.get(id).special();
        if (texts.containsKey(id)) {
            texts.put(id, token.text());
        }
        added.put(id, control ? token.asSpecial() : token);
        ids.put(token.text(), id);
    }
}
