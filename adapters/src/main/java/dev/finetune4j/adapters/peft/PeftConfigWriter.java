package dev.finetune4j.adapters.peft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code adapter_config.json} with the keys that every PEFT since 0.8 knows, sorted; younger keys only where the
 * adapter uses them, since older loaders stop at a key they do not know.
 */
final class PeftConfigWriter {
    private PeftConfigWriter() {}

    static byte[] write(PeftConfig config) {
        Map<String, @Nullable Object> fields = new TreeMap<>();
        fields.put("alpha_pattern", numbers(config.alphaPattern()));
        fields.put("auto_mapping", null);
        fields.put("base_model_name_or_path", config.baseModel().isEmpty() ? null : config.baseModel());
        fields.put("bias", "none");
        fields.put("fan_in_fan_out", config.fanInFanOut());
        fields.put("inference_mode", true);
        fields.put("init_lora_weights", true);
        fields.put("layers_pattern", emptyIsNull(config.targets().layersPattern()));
        fields.put("layers_to_transform", emptyIsNull(config.targets().layers()));
        fields.put("loftq_config", Map.of());
        fields.put("lora_alpha", number(config.alpha()));
        boolean stacked = !config.targets().parameters().isEmpty();
        fields.put("lora_dropout", stacked ? 0.0 : config.dropout());
        fields.put("megatron_config", null);
        fields.put("megatron_core", "megatron.core");
        fields.put("modules_to_save", emptyIsNull(config.modulesToSave()));
        fields.put("peft_type", "LORA");
        fields.put("r", config.rank());
        fields.put("rank_pattern", config.rankPattern());
        fields.put("revision", null);
        fields.put("target_modules", names(config.targets().modules()));
        fields.put("task_type", "CAUSAL_LM");
        fields.put("use_rslora", config.rankStabilised());
        if (!config.targets().exclude().isEmpty()) {
            fields.put("exclude_modules", names(config.targets().exclude()));
        }
        if (stacked) {
            fields.put("target_parameters", config.targets().parameters());
        }
        if (stacked && config.dropout() > 0) {
            fields.put(PeftConfig.OWN_DROPOUT, config.dropout());
        }
        if (config.tied()) {
            fields.put("ensure_weight_tying", true);
        }
        return bytes(fields);
    }

    private static Object names(PeftTargets.Names names) {
        return names.pattern().isEmpty() ? names.list().stream().sorted().toList() : names.pattern();
    }

    private static @Nullable Object emptyIsNull(List<?> list) {
        return list.isEmpty() ? null : list;
    }

    private static Map<String, Number> numbers(Map<String, Double> map) {
        Map<String, Number> result = new java.util.LinkedHashMap<>();
        map.forEach((key, value) -> result.put(key, number(value)));
        return result;
    }

    /** Whole alphas as integers: loaders in other languages expect them so. */
    private static Number number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
            return (int) value;
        }
        return value;
    }

    private static byte[] bytes(Map<String, @Nullable Object> fields) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"))
                .withObjectIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
        try {
            String text = new ObjectMapper().writer(printer).writeValueAsString(fields);
            return (text + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an adapter config is always JSON", e);
        }
    }
}
