package dev.finetune4j.data.template.tool.notation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.source.PythonJson;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Gemma 4's short form of JSON: bare keys in alphabetical order, texts between {@code <|"|>} without escapes. */
public final class GemmaNotation {
    /** What stands before and after a text. */
    public static final String QUOTE = "<|\"|>";

    private static final int DEEPEST = 200;

    private final TextScan scan;

    private GemmaNotation(TextScan scan) {
        this.scan = scan;
    }

    /** A text between its marks. */
    public static String quoted(@Nullable Object text) {
        return QUOTE + text + QUOTE;
    }

    /** Any value. */
    public static String write(@Nullable Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof Map<?, ?> map) {
            return "{" + members(map) + "}";
        }
        if (value instanceof List<?> list) {
            List<String> elements = new ArrayList<>();
            list.forEach(element -> elements.add(write(element)));
            return "[" + String.join(",", elements) + "]";
        }
        return PythonJson.write(value);
    }

    /** The members of an object without its braces. */
    public static String members(Map<?, ?> map) {
        Map<String, String> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), write(value)));
        List<String> members = new ArrayList<>();
        sorted.forEach((key, value) -> members.add(key + ":" + value));
        return String.join(",", members);
    }

    /**
     * An object from its members.
     *
     * @throws ParseException if they are not in this notation
     */
    public static Map<String, Object> read(String members) throws ParseException {
        TextScan scan = new TextScan(members + "}");
        Map<String, Object> object = new GemmaNotation(scan).object(0);
        if (!scan.skipSpace().atEnd()) {
            throw new ParseException("text behind the object", scan.position());
        }
        return object;
    }

    private @Nullable Object value(int depth) throws ParseException {
        if (depth > DEEPEST) {
            throw fault("nested too deeply");
        }
        scan.skipSpace();
        if (scan.take(QUOTE)) {
            return text();
        }
        if (scan.take("{")) {
            return object(depth);
        }
        if (scan.take("[")) {
            return list(depth);
        }
        return json(",]}");
    }

    private String text() throws ParseException {
        String text = scan.until(QUOTE);
        if (text == null) {
            throw fault("a text without its end");
        }
        return text;
    }

    private Map<String, Object> object(int depth) throws ParseException {
        Map<String, Object> object = new LinkedHashMap<>();
        if (scan.skipSpace().take("}")) {
            return object;
        }
        do {
            String key = key();
            object.put(key, value(depth + 1));
        } while (scan.skipSpace().take(","));
        if (!scan.take("}")) {
            throw fault("an object without its end");
        }
        return object;
    }

    private String key() throws ParseException {
        scan.skipSpace();
        String key;
        if (scan.take(QUOTE)) {
            key = text();
        } else if (scan.peek() == '"') {
            key = String.valueOf(json(":"));
        } else {
            String bare = scan.until(":");
            if (bare == null) {
                throw fault("a key without its value");
            }
            return TextScan.strip(bare);
        }
        if (!scan.skipSpace().take(":")) {
            throw fault("a key without its value");
        }
        return key;
    }

    private List<Object> list(int depth) throws ParseException {
        List<Object> list = new ArrayList<>();
        if (scan.skipSpace().take("]")) {
            return list;
        }
        do {
            list.add(value(depth + 1));
        } while (scan.skipSpace().take(","));
        if (!scan.take("]")) {
            throw fault("a list without its end");
        }
        return list;
    }

    /** A number, a constant or a text in double quotes. */
    private @Nullable Object json(String stops) throws ParseException {
        int from = scan.position();
        if (scan.peek() == '"') {
            Quoted.skip(scan);
        } else {
            scan.word(stops);
        }
        try {
            return PythonJson.parse(scan.between(from, scan.position()));
        } catch (JsonProcessingException e) {
            throw fault("neither a text nor a number");
        }
    }

    private ParseException fault(String what) {
        return new ParseException(what, scan.position());
    }
}
