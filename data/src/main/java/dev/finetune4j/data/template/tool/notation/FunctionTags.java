package dev.finetune4j.data.template.tool.notation;

import dev.finetune4j.data.template.tool.FunctionCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls as {@code <function=name>} blocks of {@code <parameter=key>} values, each block between tags.
 *
 * @param open tag before a call
 * @param close tag after it
 * @param framed whether values stand on lines of their own
 */
public record FunctionTags(String open, String close, boolean framed) {
    /**
     * One call.
     *
     * @param nameEnd what ends the function's name
     * @param format its name, for messages
     */
    public String write(FunctionCall call, String nameEnd, String format) {
        String frame = framed ? "\n" : "";
        StringBuilder out = new StringBuilder(open + "\n<function=" + call.name() + nameEnd);
        Parameters.of(call, format)
                .forEach((key, value) -> out.append("\n<parameter=")
                        .append(key)
                        .append('>')
                        .append(frame)
                        .append(Parameters.text(value))
                        .append(frame)
                        .append("</parameter>"));
        return out.append("\n</function>\n").append(close).toString();
    }

    /** The calls of a text. */
    public List<FunctionCall> read(String text, Parameters types) {
        TextScan scan = new TextScan(text);
        List<FunctionCall> calls = new ArrayList<>();
        while (scan.seek(open)) {
            if (!scan.skipSpace().take("<function=")) {
                continue;
            }
            String name = scan.skipSpace().word("<>");
            String body = name.isEmpty() ? null : scan.untilPair("</function>", close);
            if (!name.isEmpty() && body == null) {
                break;
            }
            if (body != null) {
                calls.add(new FunctionCall(name, arguments(name, body, types)));
            }
        }
        return calls;
    }

    private Map<String, @Nullable Object> arguments(String name, String body, Parameters types) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        TextScan scan = new TextScan(body);
        while (scan.seek("<parameter=")) {
            String key = scan.until(">");
            String value = key == null ? null : scan.until("</parameter>");
            if (key == null || value == null) {
                break;
            }
            arguments.put(key, types.value(name, key, value, framed));
        }
        return arguments;
    }
}
