package dev.finetune4j.data.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a tool list, whose entries are functions, bare or inside {@code {"type": "function", "function": …}}. */
final class ToolList {
    private ToolList() {}

    /** The bare functions. */
    static List<Map<?, ?>> functions(String tools) {
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
    static List<Map<?, ?>> wrapped(String tools) {
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

    private static List<Map<?, ?>> parse(String tools) {
        Object parsed;
        try {
            parsed = PythonJson.parse(tools);
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new TemplateException(
                    "The tools of a conversation must be a JSON list; at character " + column + ": "
                            + e.getOriginalMessage() + ". Found " + tools,
                    e);
        }
        if (!(parsed instanceof List<?> list)) {
            throw new TemplateException("The tools of a conversation must be a JSON list. Found " + tools);
        }
        List<Map<?, ?>> maps = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                throw new TemplateException("A tool must be a JSON object. Found " + element);
            }
            maps.add(map);
        }
        return maps;
    }
}
