package dev.finetune4j.core.config.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.util.List;

/**
 * One {@code key=value} of a command line.
 *
 * @param key top-level key
 * @param path names below the key, outermost first; empty for a whole value
 * @param value what is put there
 */
public record KeyValue(String key, List<String> path, JsonNode value) {
    public KeyValue {
        path = List.copyOf(path);
    }

    /** @throws ConfigException if the text has another form */
    public static KeyValue parse(String text, String origin) {
        int equals = text.indexOf('=');
        List<String> names = equals < 1
                ? List.of()
                : List.of(text.substring(0, equals).strip().split("\\.", -1));
        if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
            String problem =
                    "\"" + text + "\" (" + origin + ") is not of the form key=value, such as learning_rate=1e-4.";
            throw new ConfigException(new Problem("", text, origin, problem, ""));
        }
        JsonNode value = Document.value(text.substring(equals + 1), origin);
        return new KeyValue(names.get(0), names.subList(1, names.size()), value);
    }

    /** The key's new value, given the one it had; only the named entry of a map changes. */
    public JsonNode applyTo(JsonNode before) {
        return put(before, path);
    }

    private JsonNode put(JsonNode before, List<String> rest) {
        if (rest.isEmpty()) {
            return value;
        }
        JsonNode whole = before.isTextual() && before.textValue().strip().startsWith("{")
                ? Document.value(before.textValue(), key)
                : before;
        ObjectNode map = whole.isObject() ? whole.deepCopy() : JsonNodeFactory.instance.objectNode();
        JsonNode inner = map.path(rest.get(0));
        map.set(rest.get(0), put(inner, rest.subList(1, rest.size())));
        return map;
    }
}
