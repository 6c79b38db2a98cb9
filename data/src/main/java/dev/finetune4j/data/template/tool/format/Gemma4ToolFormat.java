package dev.finetune4j.data.template.tool.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.GemmaNotation;
import dev.finetune4j.data.template.tool.notation.TextScan;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tools and calls in a short form of JSON with marks of their own for texts: Gemma 4. */
public final class Gemma4ToolFormat implements ToolFormat {
    private static final String OPEN = "<|tool_call>call:";
    private static final String CLOSE = "}<tool_call|>";

    @Override
    public String name() {
        return "gemma4";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        return ToolList.functions(tools).stream().map(Gemma4ToolFormat::declare).collect(Collectors.joining("\n"));
    }

    private static String declare(Map<?, ?> function) {
        StringBuilder out = new StringBuilder("declaration:" + ToolList.name(function) + "{");
        out.append(described(function.get("description") == null ? "" : function.get("description")));
        if (function.get("parameters") instanceof Map<?, ?> parameters && !parameters.isEmpty()) {
            out.append(",parameters:{").append(parameters(parameters)).append('}');
        }
        if (function.get("response") instanceof Map<?, ?> response && !response.isEmpty()) {
            List<String> parts = new ArrayList<>();
            if (present(response.get("description"))) {
                parts.add(described(response.get("description")));
            }
            if ("OBJECT".equals(upper(response.get("type")))) {
                parts.add(typed("object"));
            }
            out.append(",response:{").append(String.join(",", parts)).append('}');
        }
        return out.append('}').toString();
    }

    private static String parameters(Map<?, ?> parameters) {
        List<String> parts = new ArrayList<>();
        if (parameters.get("properties") instanceof Map<?, ?> properties && !properties.isEmpty()) {
            parts.add(properties.entrySet().stream()
                    .map(entry -> entry.getKey() + ":{" + property(entry.getValue()) + "}")
                    .collect(Collectors.joining(",", "properties:{", "}")));
        }
        if (parameters.get("required") instanceof List<?> required && !required.isEmpty()) {
            parts.add(required.stream().map(GemmaNotation::quoted).collect(Collectors.joining(",", "required:[", "]")));
        }
        if (present(parameters.get("type"))) {
            parts.add(typed(parameters.get("type")));
        }
        return String.join(",", parts);
    }

    private static String property(@Nullable Object schema) {
        List<String> parts = new ArrayList<>();
        if (schema instanceof Map<?, ?> map) {
            if (present(map.get("description"))) {
                parts.add(described(map.get("description")));
            }
            if (present(map.get("type"))) {
                parts.add(typed(map.get("type")));
            }
        }
        return String.join(",", parts);
    }

    private static boolean present(@Nullable Object value) {
        return value != null && !value.equals("");
    }

    private static String described(@Nullable Object text) {
        return "description:" + GemmaNotation.quoted(text);
    }

    private static String typed(@Nullable Object type) {
        return "type:" + GemmaNotation.quoted(upper(type));
    }

    private static String upper(@Nullable Object type) {
        String text = type instanceof String string ? string : PythonJson.write(type);
        return text.toUpperCase(Locale.ROOT);
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return calls.stream()
                .map(call -> OPEN + call.name() + "{" + arguments(call.arguments()) + CLOSE)
                .collect(Collectors.joining());
    }

    private static String arguments(@Nullable Object arguments) {
        if (arguments instanceof Map<?, ?> map) {
            return GemmaNotation.members(map);
        }
        return arguments instanceof String text ? text : GemmaNotation.write(arguments);
    }

    @Override
    public String callSeparator() {
        return "";
    }

    @Override
    public Extraction extract(String text, String tools) {
        TextScan scan = new TextScan(text);
        List<FunctionCall> calls = new ArrayList<>();
        while (scan.seek(OPEN)) {
            String name = scan.word("{");
            if (name.isEmpty() || !scan.take("{")) {
                continue;
            }
            String body = scan.until(CLOSE);
            if (body == null) {
                break;
            }
            calls.add(new FunctionCall(name, read(body)));
        }
        return Extraction.of(calls, text);
    }

    /** A body that is in neither notation stays the text it is, so that a person can see it. */
    private static @Nullable Object read(String body) {
        try {
            return GemmaNotation.read(body);
        } catch (ParseException notGemma) {
            try {
                return PythonJson.parse(body);
            } catch (JsonProcessingException e) {
                return body;
            }
        }
    }
}
