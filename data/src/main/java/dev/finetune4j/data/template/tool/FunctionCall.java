package dev.finetune4j.data.template.tool;

import dev.finetune4j.data.source.PythonJson;
import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param arguments as parsed from JSON, usually a map
 */
public record FunctionCall(String name, @Nullable Object arguments) {
    /** The arguments as JSON text, keys in their order. */
    public String argumentsJson() {
        return PythonJson.write(arguments);
    }
}
