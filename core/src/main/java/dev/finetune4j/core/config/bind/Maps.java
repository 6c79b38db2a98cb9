package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.Document;
import dev.finetune4j.core.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Maps, also as a JSON text; texts inside that look like booleans or numbers become such. */
final class Maps {
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?");

    private Maps() {}

    static Map<String, Object> read(JsonNode node) {
        JsonNode map = node.isTextual() && node.textValue().strip().startsWith("{") ? json(node) : node;
        if (!map.isObject()) {
            throw Scalars.expected("a map", node);
        }
        return map(map);
    }

    private static JsonNode json(JsonNode node) {
        try {
            return Document.value(node.textValue(), "value");
        } catch (ConfigException e) {
            throw Scalars.expected("a map", node);
        }
    }

    private static Map<String, Object> map(JsonNode node) {
        Map<String, Object> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (!entry.getValue().isNull()) {
                map.put(entry.getKey(), value(entry.getValue()));
            }
        });
        return map;
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            return map(node);
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(item -> list.add(value(item)));
            return List.copyOf(list);
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isIntegralNumber() ? (Object) node.longValue() : textOrNumber(node.asText());
    }

    private static Object textOrNumber(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        if (text.matches("[-+]?[0-9]{1,18}")) {
            return Long.valueOf(text);
        }
        return NUMBER.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
    }
}
