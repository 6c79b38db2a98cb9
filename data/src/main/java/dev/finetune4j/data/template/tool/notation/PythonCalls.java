package dev.finetune4j.data.template.tool.notation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.FunctionCall;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls as Python writes them, {@code name(key="text", n=1)}, alone or in a list. Values are Python's literals or JSON's;
 * arguments without a name say nothing and are passed over.
 */
public final class PythonCalls {
    private static final int DEEPEST = 200;
    private static final String ENDS_WORD = ",()[]{}=:\"'";

    private final TextScan scan;

    private PythonCalls(String text) {
        this.scan = new TextScan(text);
    }

    /** @throws ParseException if the text is neither a call nor a list of calls */
    public static List<FunctionCall> read(String text) throws ParseException {
        PythonCalls reader = new PythonCalls(text);
        List<FunctionCall> calls = reader.calls();
        if (!reader.scan.skipSpace().atEnd()) {
            throw reader.fault("text behind the calls");
        }
        return calls;
    }

    private List<FunctionCall> calls() throws ParseException {
        if (!scan.skipSpace().take("[")) {
            return List.of(call());
        }
        List<FunctionCall> calls = new ArrayList<>();
        while (!scan.skipSpace().take("]")) {
            calls.add(call());
            separator("]");
        }
        return calls;
    }

    private FunctionCall call() throws ParseException {
        String name = scan.skipSpace().word(ENDS_WORD);
        if (name.isEmpty() || !scan.skipSpace().take("(")) {
            throw fault("not a call");
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        while (!scan.skipSpace().take(")")) {
            argument(arguments);
            separator(")");
        }
        return new FunctionCall(name, arguments);
    }

    private void argument(Map<String, Object> arguments) throws ParseException {
        if ("[({\"'".indexOf(scan.peek()) >= 0) {
            value(0);
            return;
        }
        String word = scan.word(ENDS_WORD);
        if (scan.skipSpace().take("=")) {
            arguments.put(word, value(0));
        } else {
            literal(word);
        }
    }

    /** A comma, or the end that is then still to be read. */
    private void separator(String end) throws ParseException {
        scan.skipSpace();
        if (!scan.take(",") && scan.peek() != end.charAt(0)) {
            throw fault("expected a comma or " + end);
        }
    }

    private @Nullable Object value(int depth) throws ParseException {
        if (depth > DEEPEST) {
            throw fault("nested too deeply");
        }
        char first = scan.skipSpace().peek();
        if (first == '"' || first == '\'') {
            return Quoted.python(scan);
        }
        if (scan.take("[")) {
            return list("]", depth);
        }
        if (scan.take("(")) {
            return list(")", depth);
        }
        if (scan.take("{")) {
            return object(depth);
        }
        return literal(scan.word(ENDS_WORD));
    }

    private List<Object> list(String end, int depth) throws ParseException {
        List<Object> list = new ArrayList<>();
        while (!scan.skipSpace().take(end)) {
            list.add(value(depth + 1));
            separator(end);
        }
        return list;
    }

    private Map<String, Object> object(int depth) throws ParseException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (!scan.skipSpace().take("}")) {
            Object key = value(depth + 1);
            if (!scan.skipSpace().take(":")) {
                throw fault("a key without its value");
            }
            object.put(key instanceof String text ? text : PythonJson.write(key), value(depth + 1));
            separator("}");
        }
        return object;
    }

    private @Nullable Object literal(String word) throws ParseException {
        switch (word) {
            case "True":
                return true;
            case "False":
                return false;
            case "None":
                return null;
            default:
                try {
                    return PythonJson.parse(word);
                } catch (JsonProcessingException e) {
                    throw fault("neither a text nor a number");
                }
        }
    }

    private ParseException fault(String what) {
        return new ParseException(what, scan.position());
    }
}
