package dev.finetune4j.examples.world;

import java.util.List;
import java.util.stream.Collectors;

/** The little JSON writing that the world needs; characters outside ASCII are escaped. */
final class Json {

    private Json() {}

    /** A JSON string with its quotes. */
    static String text(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                default -> json.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
            }
        }
        return json.append('"').toString();
    }

    /** An array with one element a line. */
    static String lines(List<String> elements) {
        return elements.stream().collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }
}
