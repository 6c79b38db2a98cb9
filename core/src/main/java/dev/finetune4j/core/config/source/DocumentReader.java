package dev.finetune4j.core.config.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.finetune4j.core.config.source.Document.Entry;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the tokens of one document into entries and remembers the line of each. */
final class DocumentReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;
    private final String name;

    DocumentReader(JsonParser parser, String name) {
        this.parser = parser;
        this.name = name;
    }

    List<Entry> read() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return List.of();
        }
        if (first != JsonToken.START_OBJECT) {
            throw failure(name, line(), "must hold one \"key: value\" pair a line");
        }
        List<Entry> entries = entries();
        if (parser.nextToken() != null) {
            throw failure(name, line(), "holds a second document; give one file for each");
        }
        return entries;
    }

    private List<Entry> entries() throws IOException {
        Map<String, Integer> lines = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int line = line();
            Integer earlier = lines.putIfAbsent(key, line);
            if (earlier != null) {
                throw failure(name, line, "gives \"" + key + "\" a second time (first in line " + earlier + ")");
            }
            parser.nextToken();
            entries.add(new Entry(key, value(), line));
        }
        return entries;
    }

    private JsonNode value() throws IOException {
        refuseAlias();
        return switch (parser.currentToken()) {
            case START_OBJECT -> map();
            case START_ARRAY -> list();
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case VALUE_NULL -> NODES.nullNode();
            default -> NODES.textNode(parser.getText());
        };
    }

    private ObjectNode map() throws IOException {
        ObjectNode map = NODES.objectNode();
        for (Entry entry : entries()) {
            map.set(entry.key(), entry.value());
        }
        return map;
    }

    private ArrayNode list() throws IOException {
        ArrayNode list = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value());
        }
        return list;
    }

    private JsonNode number() throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER -> NODES.numberNode(parser.getBigIntegerValue());
            default -> NODES.numberNode(parser.getDoubleValue());
        };
    }

    /** Jackson hands an alias on as the text of its name, which would be a wrong value in silence. */
    private void refuseAlias() throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw failure(name, line(), "uses the YAML alias *" + parser.getText() + "; write the value itself");
        }
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    static ConfigException failure(String name, int line, String what) {
        String origin = name + ":" + line;
        return new ConfigException(new Problem("", "", origin, origin + " " + what + ".", ""));
    }
}
