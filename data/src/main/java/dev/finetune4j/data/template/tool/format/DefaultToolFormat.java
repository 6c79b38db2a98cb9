package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.Actions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tools and calls in plain text, for models without a way of their own. */
public final class DefaultToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("default");

    @Override
    public String name() {
        return "default";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> functions = ToolList.functions(tools);
        if (functions.isEmpty()) {
            return "";
        }
        String text = functions.stream().map(DefaultToolFormat::describe).collect(Collectors.joining());
        String names =
                functions.stream().map(function -> string(function.get("name"))).collect(Collectors.joining(", "));
        return prompt.fill("tool_names", names).fill("tool_text", text).toString();
    }

    private static String describe(Map<?, ?> function) {
        StringBuilder out = new StringBuilder();
        out.append("> Tool Name: ").append(string(function.get("name"))).append('\n');
        out.append("Tool Description: ")
                .append(string(function.get("description")))
                .append('\n');
        out.append("Tool Args:\n");
        Map<?, ?> parameters = object(function, "parameters");
        List<?> required = parameters.get("required") instanceof List<?> list ? list : List.of();
        object(parameters, "properties").forEach((name, argument) -> {
            if (argument instanceof Map<?, ?> properties) {
                out.append(argument(String.valueOf(name), properties, required.contains(name)));
            }
        });
        return out.append('\n').toString();
    }

    private static String argument(String name, Map<?, ?> argument, boolean required) {
        StringBuilder out = new StringBuilder("  - " + name + " (" + string(argument.get("type")));
        out.append(required ? ", required" : "").append("): ").append(string(argument.get("description")));
        if (argument.get("enum") instanceof List<?> values && !values.isEmpty()) {
            out.append(", should be one of [")
                    .append(values.stream().map(DefaultToolFormat::string).collect(Collectors.joining(", ")))
                    .append(']');
        }
        if (argument.get("items") instanceof Map<?, ?> items) {
            out.append(", where each item should be ").append(string(items.get("type")));
        }
        return out.append('\n').toString();
    }

    private static Map<?, ?> object(Map<?, ?> outer, String key) {
        Object value = outer.get(key);
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        if (value == null) {
            return Map.of();
        }
        throw new TemplateException("\"" + key + "\" of a tool must be a JSON object. Found " + value);
    }

    private static String string(@Nullable Object value) {
        return value instanceof String text ? text : value == null ? "" : PythonJson.write(value);
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return calls.stream()
                .map(call -> Actions.NAME + " " + call.name() + "\n" + Actions.INPUT + " " + call.argumentsJson())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(Actions.read(text), text);
    }
}
