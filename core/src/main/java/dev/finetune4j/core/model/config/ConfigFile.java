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
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A {@code config.json}, with accessors that name the file in every complaint. Knows both generations of keys:
 * {@code rope_parameters} and {@code dtype} of transformers 5, {@code rope_theta}, {@code rope_scaling} and
 * {@code torch_dtype} of those before.
 */
public final class ConfigFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LAYERS = 10_000;
    private static final Set<String> FOREIGN_LAYERS =
            Set.of("linear_attention", "mamba", "mamba2", "conv", "hybrid", "recurrent", "lightning");

    private final String where;
    private final JsonNode root;
    private final FamilyKeys family;

    public ConfigFile(String where, JsonNode root) {
        this(where, root, FamilyKeys.NONE);
    }

    private ConfigFile(String where, JsonNode root, FamilyKeys family) {
        this.where = where;
        this.root = root;
        this.family = family;
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
     * @throws UnsupportedException if no architecture knows its {@code model_type}, naming what is nearest; or if it has
     *     layers that are neither attention nor feed-forward
     */
    public ModelConfig read() {
        SortedSet<String> known = new TreeSet<>();
        Plugins.all(Architecture.class).forEach(architecture -> known.add(architecture.name()));
        String type = modelType(known);
        for (Architecture architecture : Plugins.all(Architecture.class)) {
            if (architecture.name().equals(type)) {
                requireKnownLayers();
                return architecture.read(new ConfigFile(where, root, FamilyKeys.of(type)));
            }
        }
        throw new UnknownModel(where, root, known).refusal(type);
    }

    private String modelType(SortedSet<String> known) {
        String family = root.has("model_type") ? null : new UnknownModel(where, root, known).familyByClass();
        if (family != null) {
            throw problem("model_type", "is missing; its architectures name the family \"" + family + "\", so add it.");
        }
        return text("model_type");
    }

    /** Before any family makes a list of its layers. */
    private void requireKnownLayers() {
        for (String key : List.of("num_hidden_layers", "n_layer", "n_layers", "num_layers")) {
            if (root.path(key).isNumber() && root.get(key).doubleValue() > MOST_LAYERS) {
                throw problem(
                        key, "is " + root.get(key) + "; more than " + MOST_LAYERS + " layers are taken for an error.");
            }
        }
        for (JsonNode layer : root.path("layer_types")) {
            if (FOREIGN_LAYERS.contains(layer.asText())) {
                throw new UnsupportedException(where + ": \"layer_types\" has layers of type \"" + layer.asText()
                        + "\"; this library computes attention only, no linear attention and no state spaces.");
            }
        }
    }

    public JsonNode root() {
        return root;
    }

    /** File and key, as messages begin. */
    public WeightException problem(String key, String what) {
        return new WeightException(where + ": \"" + key + "\" " + what);
    }

    /** The value of a key: in the file, under another name of the key, or the family's default; missing if nowhere. */
    public JsonNode node(String key) {
        return family.find(root, key);
    }

    /** Whether a key has a value other than null. */
    public boolean has(String key) {
        JsonNode node = node(key);
        return !node.isMissingNode() && !node.isNull();
    }

    public String text(String key) {
        JsonNode node = node(key);
        if (!node.isTextual()) {
            throw problem(
                    key, node.isMissingNode() ? "is missing; the model cannot be built without it." : "is no text.");
        }
        return node.asText();
    }

    /** A positive whole number that must be there. */
    public int size(String key) {
        if (!has(key)) {
            throw problem(key, "is missing; the model cannot be built without it.");
        }
        return size(key, 0);
    }

    /** A positive whole number, possibly listed for each block alike, or the fallback where the key is absent or null. */
    public int size(String key, int fallback) {
        JsonNode node = uniform(node(key));
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber() || node.intValue() <= 0) {
            throw problem(key, "is " + node + " where a positive whole number is due.");
        }
        return node.intValue();
    }

    /** The one value of a list that has an entry for each block, all equal; anything else as it is. */
    private static JsonNode uniform(JsonNode node) {
        if (!node.path(0).isNumber()) {
            return node;
        }
        for (JsonNode entry : node) {
            if (!entry.equals(node.get(0))) {
                return node;
            }
        }
        return node.get(0);
    }

    /** A sliding window in tokens; 0, which means none, where the key is null or 0. */
    public int window(String key, int ifAbsent) {
        JsonNode node = node(key);
        if (node.isMissingNode()) {
            return ifAbsent;
        }
        return node.isNumber() && node.doubleValue() == 0 ? 0 : size(key, 0);
    }

    public double number(String key, double fallback) {
        return value(node(key), key, fallback);
    }

    /** A number of an object inside the file. */
    double number(JsonNode object, String key, double fallback) {
        return value(object.path(key), key, fallback);
    }

    private double value(JsonNode node, String key, double fallback) {
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.isNumber()) {
            throw problem(key, "is " + node + " where a number is due.");
        }
        return node.doubleValue();
    }

    public boolean flag(String key, boolean fallback) {
        JsonNode node = node(key);
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
}
