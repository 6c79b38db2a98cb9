package dev.finetune4j.core.gguf.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A family as the table describes it.
 *
 * @param name the table's name for it
 * @param architecture {@code general.architecture} of its files
 * @param when further condition, empty for none
 * @param modelType {@code model_type} of {@code config.json}
 * @param className {@code architectures[0]} of {@code config.json}
 * @param config key of {@code config.json} and where its value comes from
 * @param fixed key of {@code config.json} and its value
 * @param rules names of tensors
 */
public record GgufFamily(
        String name,
        String architecture,
        String when,
        String modelType,
        String className,
        Map<String, String> config,
        Map<String, JsonNode> fixed,
        List<TensorName.Rule> rules) {
    private static final List<String> SUFFIXES = List.of(".weight", ".bias");

    /** What a tensor of the file is called on the hub; null if the family has no such tensor. */
    public @Nullable TensorName translate(String tensor) {
        TensorName whole = match(tensor);
        if (whole != null) {
            return whole;
        }
        for (String suffix : SUFFIXES) {
            if (tensor.endsWith(suffix)) {
                TensorName plain = match(tensor.substring(0, tensor.length() - suffix.length()));
                return plain == null || plain.isIgnored()
                        ? plain
                        : new TensorName(plain.name() + suffix, plain.layout());
            }
        }
        return null;
    }

    private @Nullable TensorName match(String tensor) {
        String[] parts = tensor.split("\\.");
        for (TensorName.Rule rule : rules) {
            TensorName found = rule.match(parts);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
