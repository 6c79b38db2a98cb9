package dev.finetune4j.data.template.tool.notation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.FunctionCall;
import java.util.ArrayList;
import java.util.List;

/** Calls in plain text, a line with the name and one with the arguments as JSON, as ReAct agents write them. */
public final class Actions {
    public static final String NAME = "Action:";
    public static final String INPUT = "Action Input:";

    private Actions() {}

    /** The calls of a text; none where the arguments of one are not JSON. */
    public static List<FunctionCall> read(String text) {
        TextScan scan = new TextScan(text);
        List<FunctionCall> calls = new ArrayList<>();
        while (scan.seek(NAME)) {
            String name = scan.skipSpace().word("\"'`(){}[],:");
            if (name.isEmpty() || !scan.skipSpace().take(INPUT)) {
                continue;
            }
            String input = input(scan.skipSpace());
            if (input.isEmpty()) {
                continue;
            }
            try {
                calls.add(new FunctionCall(name, PythonJson.parse(input)));
            } catch (JsonProcessingException e) {
                return List.of();
            }
        }
        return calls;
    }

    /** An object up to its end, so that its texts may hold anything; otherwise everything before the next call. */
    private static String input(TextScan scan) {
        String object = scan.peek() == '{' ? scan.untilObjectEnd(NAME) : null;
        if (object != null) {
            return object;
        }
        String rest = scan.before(NAME);
        return unquoted(unquoted(TextScan.strip(rest), '"'), '`');
    }

    private static String unquoted(String text, char quote) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == quote) {
            from++;
        }
        while (to > from && text.charAt(to - 1) == quote) {
            to--;
        }
        return text.substring(from, to);
    }
}
