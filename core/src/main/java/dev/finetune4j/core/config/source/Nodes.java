package dev.finetune4j.core.config.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Java values as the nodes that a settings file would have given. */
public final class Nodes {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final Map<String, String> WORDS = Map.of(
            "true", "true", "yes", "true", "on", "true", "false", "false", "no", "false", "off", "false", "null",
            "null");

    private Nodes() {}

    /**
     * Null, text, numbers, booleans, paths, enums (by their lower-case names), lists and maps of these; any other object
     * by its text.
     */
    public static JsonNode of(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof JsonNode node) {
            return node.deepCopy();
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        // A path iterates over its own parts.
        if (value instanceof Iterable<?> list && !(value instanceof Path)) {
            return list(list);
        }
        return NODES.textNode(value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value.toString());
    }

    private static JsonNode number(Number value) {
        boolean whole =
                value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
        return whole ? NODES.numberNode(value.longValue()) : NODES.numberNode(value.doubleValue());
    }

    private static ObjectNode map(Map<?, ?> map) {
        ObjectNode node = NODES.objectNode();
        map.forEach((key, value) -> node.set(String.valueOf(key), of(value)));
        return node;
    }

    private static ArrayNode list(Iterable<?> list) {
        ArrayNode node = NODES.arrayNode();
        list.forEach(item -> node.add(of(item)));
        return node;
    }

    /**
     * One text for all spellings of a value: {@code "2"}, {@code 2} and {@code 2.0} are the same, as are {@code no} and
     * {@code False}.
     */
    public static String plain(JsonNode node) {
        if (node.isArray()) {
            StringJoiner list = new StringJoiner(",");
            node.forEach(item -> list.add(plain(item)));
            return list.toString();
        }
        if (node.isContainerNode()) {
            return node.toString();
        }
        String text = node.asText().strip();
        try {
            return new BigDecimal(text).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return WORDS.getOrDefault(text.toLowerCase(Locale.ROOT), text);
        }
    }
}
