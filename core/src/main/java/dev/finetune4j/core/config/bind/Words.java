package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Texts, choices and lists of them. */
final class Words {
    private Words() {}

    /** The enum constant of a choice. */
    static Object constant(BoundKey key, String text) {
        String word = checked(key, text.strip().toLowerCase(Locale.ROOT));
        return Arrays.stream(key.type().getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow();
    }

    /** Each entry a text; a single text is split at commas. */
    static List<String> list(BoundKey key, JsonNode node) {
        List<String> items = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(item -> items.add(Scalars.text(item)));
        } else {
            items.addAll(List.of(Scalars.text(node).split(",")));
        }
        return items.stream()
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .map(item -> checked(key, item))
                .toList();
    }

    /** The text itself if the key allows it. */
    static String checked(BoundKey key, String text) {
        List<String> choices = key.choices();
        if (choices.isEmpty() || choices.contains(text)) {
            return text;
        }
        String words = String.join(", ", choices);
        if (key.later().contains(text)) {
            throw ValueException.later(text, words);
        }
        List<String> near = Nearest.to(text, choices);
        String hint = near.isEmpty() ? "" : ". Did you mean \"" + near.get(0) + "\"?";
        throw new ValueException(
                "must be one of " + words + ", found \"" + text + "\"" + hint, near.isEmpty() ? "" : near.get(0));
    }
}
