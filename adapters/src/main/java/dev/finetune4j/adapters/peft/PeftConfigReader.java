package dev.finetune4j.adapters.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code adapter_config.json} of whatever version of PEFT. A key that is missing means PEFT's default. A key that this
 * reader does not know is harmless while it is null, false, zero or empty; with any other value it may change what the
 * adapter computes, and is refused by name.
 */
final class PeftConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(PeftConfigReader.class);

    private static final Set<String> READ = Set.of(
            "peft_type",
            "peft_version",
            "base_model_name_or_path",
            "r",
            "lora_alpha",
            "lora_dropout",
            "use_rslora",
            "target_modules",
            "target_parameters",
            "exclude_modules",
            "layers_to_transform",
            "layers_pattern",
            "rank_pattern",
            "alpha_pattern",
            "modules_to_save",
            "ensure_weight_tying",
            "fan_in_fan_out",
            PeftConfig.OWN_DROPOUT,
            "bias",
            "init_lora_weights");

    /** Keys without a say in what an adapter on linear maps computes, or with one only beside a switch that is refused. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "auto_mapping",
            "inference_mode",
            "megatron_core",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "task_type");

    /** Initialisations that leave the base model as it is. The others put a part of its weights into the adapter. */
    private static final Set<String> PLAIN_STARTS = Set.of("gaussian", "eva", "orthogonal");

    private final Path file;
    private final JsonNode root;

    private PeftConfigReader(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * @throws WeightException if the file is missing, no JSON object, or lacks what an adapter needs
     * @throws UnsupportedException if the adapter needs what this build lacks
     */
    static PeftConfig read(Path folder) {
        Path file = folder.resolve(PeftConfig.FILE);
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new WeightException(
                    folder + ": is no adapter folder: it has no " + PeftConfig.FILE
                            + ". adapter_name_or_path must name the folder that holds it.",
                    e);
        } catch (IOException e) {
            throw new WeightException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (!root.isObject()) {
            throw new WeightException(file + ": is no JSON object.");
        }
        return new PeftConfigReader(file, root).config();
    }

    private PeftConfig config() {
        String type = root.path("peft_type").asText();
        if (type.isEmpty()) {
            throw problem("peft_type", "is missing, so this is no adapter that PEFT wrote");
        }
        if (!type.equals("LORA")) {
            throw new UnsupportedException(
                    file + ": peft_type " + type + " is known, not available yet. This build reads LORA.");
        }
        refuseUnknown();
        refuseModifiedBase();
        PeftTargets.Names targets = names("target_modules");
        List<String> parameters = texts("target_parameters");
        if (targets.isEmpty() && parameters.isEmpty()) {
            throw problem("target_modules", "is missing or empty, so nothing says which modules are adapted");
        }
        return new PeftConfig(
                root.path("base_model_name_or_path").asText(""),
                positive("r", root.path("r"), 8),
                number("lora_alpha", 8),
                number(PeftConfig.OWN_DROPOUT, number("lora_dropout", 0)),
                root.path("use_rslora").asBoolean(),
                new PeftTargets(targets, names("exclude_modules"), layers(), texts("layers_pattern"), parameters),
                map("rank_pattern", value -> positive("rank_pattern", value, 0)),
                map("alpha_pattern", JsonNode::asDouble),
                texts("modules_to_save"),
                root.path("ensure_weight_tying").asBoolean(),
                root.path("fan_in_fan_out").asBoolean(),
                root.path("peft_version").asText(""));
    }

    private void refuseUnknown() {
        List<String> refused = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (READ.contains(field.getKey()) || WITHOUT_EFFECT.contains(field.getKey())) {
                continue;
            }
            (isOff(field.getValue()) ? ignored : refused).add(field.getKey());
        }
        if (!root.path("bias").asText("none").equals("none")) {
            refused.add("bias");
        }
        if (!refused.isEmpty()) {
            List<String> described =
                    refused.stream().map(key -> key + " = " + root.get(key)).toList();
            throw new UnsupportedException(file + ": " + String.join(", ", described)
                    + (refused.size() == 1 ? " changes" : " change")
                    + " what the adapter computes and is known, not available yet. Merge the adapter into its base model"
                    + " with PEFT and start from the merged model.");
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}: ignores keys that are off: {}", file, ignored);
        }
    }

    private static boolean isOff(JsonNode value) {
        return value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isNumber() && value.asDouble() == 0)
                || (value.isTextual() && value.asText().isEmpty())
                || (value.isContainerNode() && value.isEmpty());
    }

    private void refuseModifiedBase() {
        JsonNode start = root.path("init_lora_weights");
        if (start.isTextual() && !PLAIN_STARTS.contains(start.asText())) {
            throw new UnsupportedException(file + ": init_lora_weights = " + start
                    + " moved a part of the base model's weights into the adapter, which is known, not available yet."
                    + " Convert the adapter to an ordinary LoRA with PEFT, or merge it.");
        }
    }

    private WeightException problem(String key, String what) {
        return new WeightException(file + ": " + key + " " + what + ".");
    }

    private int positive(String key, JsonNode value, int missing) {
        if (value.isMissingNode() && missing > 0) {
            return missing;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 1) {
            throw problem(key, "must be a whole number of at least 1, found " + value);
        }
        return value.asInt();
    }

    private double number(String key, double missing) {
        JsonNode value = root.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return missing;
        }
        if (!value.isNumber()) {
            throw problem(key, "must be a number, found " + value);
        }
        return value.asDouble();
    }

    private PeftTargets.Names names(String key) {
        JsonNode value = root.path(key);
        if (value.isTextual()) {
            checkPattern(key, value.asText());
            return new PeftTargets.Names(List.of(), value.asText());
        }
        return new PeftTargets.Names(texts(key), "");
    }

    private void checkPattern(String key, String pattern) {
        try {
            java.util.regex.Pattern.compile(pattern);
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new WeightException(
                    file + ": " + key + " \"" + pattern + "\" is no regular expression: " + e.getDescription() + ".",
                    e);
        }
    }

    /** A list of texts; a single one counts as a list of one, null and absence as none. */
    private List<String> texts(String key) {
        JsonNode value = root.path(key);
        if (value.isTextual()) {
            return List.of(value.asText());
        }
        if (!value.isArray() && !value.isNull() && !value.isMissingNode()) {
            throw problem(key, "must be a list of names, found " + value);
        }
        List<String> texts = new ArrayList<>();
        value.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private List<Integer> layers() {
        JsonNode value = root.path("layers_to_transform");
        List<Integer> layers = new ArrayList<>();
        if (value.isInt()) {
            layers.add(value.asInt());
        }
        value.forEach(element -> layers.add(element.asInt()));
        return layers;
    }

    private <V> Map<String, V> map(String key, Function<JsonNode, V> reader) {
        Map<String, V> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.path(key).properties()) {
            checkPattern(key, entry.getKey());
            if (!entry.getValue().isNumber()) {
                throw problem(key, "must map names to numbers, found " + entry.getValue() + " for " + entry.getKey());
            }
            map.put(entry.getKey(), reader.apply(entry.getValue()));
        }
        return map;
    }
}
