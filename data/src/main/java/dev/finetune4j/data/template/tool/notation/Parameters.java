package dev.finetune4j.data.template.tool.notation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.ToolList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that are written one by one, texts as they are and everything else as JSON. Such a value does not tell whether it
 * is the text {@code 1} or the number; the declaration of the function does, where it is known.
 */
public final class Parameters {
    private final Map<String, Set<String>> texts = new HashMap<>();

    private Parameters() {}

    /** @param tools JSON list of functions; what is not one declares nothing */
    public static Parameters declaredBy(String tools) {
        Parameters declared = new Parameters();
        if (ToolList.isNone(tools)) {
            return declared;
        }
        try {
            ToolList.functions(tools).forEach(declared::declare);
        } catch (TemplateException e) {
            // The tools only help to read values. Whoever renders them hears of it.
            declared.texts.clear();
        }
        return declared;
    }

    private void declare(Map<?, ?> function) {
        if (function.get("name") instanceof String name
                && function.get("parameters") instanceof Map<?, ?> parameters
                && parameters.get("properties") instanceof Map<?, ?> properties) {
            Set<String> found = new HashSet<>();
            properties.forEach((key, schema) -> {
                if (schema instanceof Map<?, ?> map && "string".equals(map.get("type"))) {
                    found.add(String.valueOf(key));
                }
            });
            texts.put(name, found);
        }
    }

    /**
     * The value of an argument.
     *
     * @param raw the text between its tags
     * @param framed whether a line feed at either end belongs to the tags
     */
    public @Nullable Object value(String function, String parameter, String raw, boolean framed) {
        String text = framed ? unframed(raw) : raw;
        if (texts.getOrDefault(function, Set.of()).contains(parameter)) {
            return text;
        }
        try {
            return PythonJson.parse(TextScan.strip(raw));
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private static String unframed(String raw) {
        return raw.length() > 1 && raw.startsWith("\n") && raw.endsWith("\n")
                ? raw.substring(1, raw.length() - 1)
                : TextScan.strip(raw);
    }

    /** An argument's text. */
    public static String text(@Nullable Object value) {
        return value instanceof String text ? text : PythonJson.write(value);
    }

    /**
     * The arguments of a call by name.
     *
     * @throws TemplateException if they are no object
     */
    public static Map<?, ?> of(FunctionCall call, String format) {
        if (call.arguments() instanceof Map<?, ?> map) {
            return map;
        }
        throw new TemplateException("Tool format " + format + " writes arguments one by one, so those of \""
                + call.name() + "\" must be a JSON object. Found " + call.argumentsJson());
    }
}
