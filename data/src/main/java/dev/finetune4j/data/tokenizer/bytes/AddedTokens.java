package dev.finetune4j.data.tokenizer.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens found in a text before it is split into words: the first that stands in it, and of those the longest. */
final class AddedTokens {
    /** A token in a text. */
    record Found(int from, int to, int id) {}

    private record Added(String text, int id) {}

    private final Map<Character, List<Added>> byFirst = new HashMap<>();

    private AddedTokens() {}

    /** Empty where one of them also takes blanks around it, must be a word by itself, or is looked for in another form. */
    static Optional<AddedTokens> of(JsonNode tokens) {
        AddedTokens added = new AddedTokens();
        for (JsonNode token : tokens) {
            boolean plain = !token.path("lstrip").asBoolean()
                    && !token.path("rstrip").asBoolean()
                    && !token.path("single_word").asBoolean()
                    && !token.path("normalized").asBoolean(true);
            String text = token.path("content").asText();
            if (!plain || text.isEmpty()) {
                return Optional.empty();
            }
            added.byFirst
                    .computeIfAbsent(text.charAt(0), first -> new ArrayList<>())
                    .add(new Added(text, token.path("id").intValue()));
        }
        added.byFirst
                .values()
                .forEach(list -> list.sort(
                        Comparator.comparingInt((Added token) -> token.text().length())
                                .reversed()));
        return Optional.of(added);
    }

    /** The next one at or behind a place, null where there is none. */
    @Nullable
    Found next(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            List<Added> candidates = byFirst.get(text.charAt(i));
            if (candidates == null) {
                continue;
            }
            for (Added token : candidates) {
                if (text.startsWith(token.text(), i)) {
                    return new Found(i, i + token.text().length(), token.id());
                }
            }
        }
        return null;
    }
}
