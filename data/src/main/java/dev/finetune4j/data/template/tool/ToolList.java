package dev.finetune4j.data.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a tool list, whose entries are functions, bare or inside {@code {"type": "function", "function": …}}. Each way of
 * reading throws {@link TemplateException} where the text is no such list.
 */
public final class ToolList {
    private ToolList() {}

    /** Whether a text offers no tool at all, being empty or an empty list. */
    public static boolean isNone(String tools) {
        String text = tools.strip();
        return text.isEmpty()
                || (text.startsWith("[")
                        && text.endsWith("]")
                        && text.length() > 1
                        && text.substring(1, text.length() - 1).isBlank());
    }

    /** The bare functions. */
    public static List<Map<?, ?>> functions(String tools) {
        List<Map<?, ?>> functions = new ArrayList<>();
        for (Map<?, ?> tool : parse(tools)) {
            functions.add(
                    "function".equals(tool.get("type")) && tool.get("function") instanceof Map<?, ?> inner
                            ? inner
                            : tool);
        }
        return functions;
    }

    /** The functions inside their wrapping. */
    public static List<Map<?, ?>> wrapped(String tools) {
        List<Map<?, ?>> wrapped = new ArrayList<>();
        for (Map<?, ?> tool : parse(tools)) {
            if ("function".equals(tool.get("type"))) {
                wrapped.add(tool);
            } else {
                Map<String, Object> outer = new LinkedHashMap<>();
                outer.put("type", "function");
                outer.put("function", tool);
                wrapped.add(outer);
            }
        }
        return wrapped;
    }

    /** The name of a bare function. */
    public static String name(Map<?, ?> function) {
        if (function.get("name") instanceof String name) {
            return name;
        }
        throw new TemplateException("A tool needs a \"name\". Found " + PythonJson.write(function));
    }

    /** The entries as they are given. */
    public static List<Map<?, ?>> parse(String tools) {
        Object parsed;
        try {
            parsed = PythonJson.parse(tools);
        } catch (JsonProcessingException e) {
            throw JsonFault.in("The tools of a conversation must be a JSON list", tools, e);
        }
        if (!(parsed instanceof List<?> list)) {
            throw new TemplateException("The tools of a conversation must be a JSON list. Found " + tools);
        }
        List<Map<?, ?>> maps = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                throw new TemplateException(
                        "A tool must be a JSON object; tool " + (maps.size() + 1) + " is not. Found " + element);
            }
            maps.add(map);
        }
        return maps;
    }
}
