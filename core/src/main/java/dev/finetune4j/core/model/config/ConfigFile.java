package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * A {@code config.json}, with accessors that name the file in every complaint. Knows both generations of keys:
 * {@code rope_parameters} and {@code dtype} of transformers 5, {@code rope_theta}, {@code rope_scaling} and
 * {@code torch_dtype} of those before.
 */
public final class ConfigFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String where;
    private final JsonNode root;

    public ConfigFile(String where, JsonNode root) {
        this.where = where;
        this.root = root;
    }

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws WeightException if folder or file are missing or the file is no JSON object
     */
    public static ConfigFile open(Path folder) {
        Path file = folder.resolve("config.json");
        if (!Files.isDirectory(folder)) {
            throw new WeightException(folder + ": there is no such model folder. Give model_name_or_path a folder with "
                    + "config.json, tokenizer.json and *.safetensors.");
        }
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            if (root == null || !root.isObject()) {
                throw new WeightException(file + ": is no JSON object.");
            }
            return new ConfigFile(file.toString(), root);
        } catch (NoSuchFileException e) {
            throw new WeightException(file + ": there is no such file; a model folder needs one.", e);
        } catch (JsonProcessingException e) {
            throw new WeightException(file + ": is no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new WeightException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The config in the terms of its family.
     *
     * @throws UnsupportedException if no architecture knows its {@code model_type}
     */
    public ModelConfig read() {
        String type = text("model_type");
        for (Architecture architecture : Plugins.all(Architecture.class)) {
            if (architecture.name().equals(type)) {
                return architecture.read(this);
            }
        }
        String known = Plugins.all(Architecture.class).stream()
                .map(Architecture::name)
                .sorted()
                .collect(Collectors.joining(", "));
        throw new UnsupportedException(
                where + ": model_type \"" + type + "\" is not one this build can load. It knows: " + known + ".");
    }

    public JsonNode root() {
        return root;
    }

    /** File and key, as messages begin. */
    public WeightException problem(String key, String what) {
        return new WeightException(where + ": \"" + key + "\" " + what);
    }

    public boolean has(String key) {
        return root.hasNonNull(key);
    }

    public String text(String key) {
        if (!root.path(key).isTextual()) {
            throw problem(key, root.has(key) ? "is no text." : "is missing; the model cannot be built without it.");
        }
        return root.get(key).asText();
    }

    /** A positive whole number that must be there. */
    public int size(String key) {
        if (!root.hasNonNull(key)) {
            throw problem(key, "is missing; the model cannot be built without it.");
        }
        return size(key, 0);
    }

    /** A positive whole number, or the fallback where the key is absent or null. */
    public int size(String key, int fallback) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber() || node.intValue() <= 0) {
            throw problem(key, "is " + node + " where a positive whole number is due.");
        }
        return node.intValue();
    }

    /** A sliding window in tokens; 0, which means none, where the key is null or 0. */
    public int window(String key, int ifAbsent) {
        if (!root.has(key)) {
            return ifAbsent;
        }
        return root.get(key).isNumber() && root.get(key).doubleValue() == 0 ? 0 : size(key, 0);
    }

    public double number(String key, double fallback) {
        return number(root, key, fallback);
    }

    private double number(JsonNode object, String key, double fallback) {
        JsonNode node = object.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.isNumber()) {
            throw problem(key, "is " + node + " where a number is due.");
        }
        return node.doubleValue();
    }

    public boolean flag(String key, boolean fallback) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.isBoolean()) {
            throw problem(key, "is " + node + " where true or false is due.");
        }
        return node.booleanValue();
    }

    /** {@code dtype} or {@code torch_dtype}; fp32 if neither is there. */
    public DType dtype() {
        String key = root.hasNonNull("dtype") ? "dtype" : "torch_dtype";
        if (!root.hasNonNull(key)) {
            return DType.FLOAT32;
        }
        DType dtype = DType.byConfigName(root.get(key).asText());
        if (dtype == null) {
            throw problem(key, "is " + root.get(key) + ", which is not a dtype this library knows.");
        }
        return dtype;
    }

    /** The rotary embedding, from either generation of keys. */
    public RopeConfig rope(int maxPositions, double defaultTheta) {
        JsonNode parameters = ropeParameters();
        double theta = positive("rope_theta", number(parameters, "rope_theta", number("rope_theta", defaultTheta)));
        double share = number(parameters, "partial_rotary_factor", number("partial_rotary_factor", 1));
        if (share != 1) {
            throw problem("partial_rotary_factor", "is " + share + "; this build rotates whole heads only.");
        }
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        if (!type.equals("default")) {
            return scaled(parameters, type, theta, maxPositions);
        }
        if (parameters.hasNonNull("factor")) {
            throw problem("rope_type", "is missing beside a \"factor\", which means nothing without it.");
        }
        return RopeConfig.plain(theta);
    }

    private RopeConfig scaled(JsonNode parameters, String type, double theta, int maxPositions) {
        switch (type) {
            case "linear", "dynamic" -> needed(parameters, type, "factor");
            case "llama3" ->
                needed(
                        parameters,
                        type,
                        "factor",
                        "low_freq_factor",
                        "high_freq_factor",
                        "original_max_position_embeddings");
            case "yarn" -> {}
            default ->
                throw problem("rope_type", "is \"" + type + "\"; known: default, linear, dynamic, yarn, llama3.");
        }
        double inside = number(parameters, "original_max_position_embeddings", maxPositions);
        double original =
                positive("original_max_position_embeddings", number("original_max_position_embeddings", inside));
        double factor = positive("factor", number(parameters, "factor", maxPositions / original));
        return new RopeConfig(
                theta,
                type,
                factor,
                type.equals("dynamic") ? maxPositions : original,
                type.equals("yarn") ? yarn(parameters, factor) : RopeConfig.Yarn.NONE,
                number(parameters, "low_freq_factor", 1),
                number(parameters, "high_freq_factor", 4));
    }

    private double positive(String key, double value) {
        if (!(value > 0)) {
            throw problem(key, "is " + value + " where a positive number is due.");
        }
        return value;
    }

    private JsonNode ropeParameters() {
        String key = root.hasNonNull("rope_scaling") ? "rope_scaling" : "rope_parameters";
        JsonNode parameters = root.path(key);
        if (root.hasNonNull(key) && !parameters.isObject()) {
            throw problem(key, "is " + parameters + " where an object is due.");
        }
        return parameters;
    }

    private void needed(JsonNode parameters, String type, String... keys) {
        for (String key : keys) {
            if (!parameters.hasNonNull(key) && !root.hasNonNull(key)) {
                throw problem(key, "is missing from the rope scaling \"" + type + "\".");
            }
        }
    }

    private RopeConfig.Yarn yarn(JsonNode parameters, double factor) {
        double scale = number(parameters, "mscale", 0);
        double scaleAll = number(parameters, "mscale_all_dim", 0);
        double derived = scale != 0 && scaleAll != 0
                ? magnitude(factor, scale) / magnitude(factor, scaleAll)
                : magnitude(factor, 1);
        return new RopeConfig.Yarn(
                number(parameters, "beta_fast", 32),
                number(parameters, "beta_slow", 1),
                number(parameters, "attention_factor", derived),
                parameters.path("truncate").asBoolean(true));
    }

    /** YaRN's attention temperature, 0.1 · m · ln(factor) + 1. */
    private static double magnitude(double factor, double m) {
        return factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1;
    }
}
