package dev.finetune4j.core.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.gguf.block.GgmlType;
import dev.finetune4j.core.gguf.family.GgufFamilies;
import dev.finetune4j.core.gguf.family.GgufFamily;
import dev.finetune4j.core.runtime.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The {@code config.json} and {@code generation_config.json} that a GGUF file's model has on a hub. */
public final class GgufConfig {
    private static final String EMBEDDING = "token_embd.weight";
    private static final String HEAD = "output.weight";
    private static final String TOKENS = "tokenizer.ggml.";

    /** Keys that change what a model computes: one that is set and not in the family's table cannot be passed over. */
    private static final Map<String, Double> TELLING = Map.of(
            "attention.sliding_window", 0.0,
            "attention.clamp_kqv", 0.0,
            "attention.max_alibi_bias", 0.0,
            "attn_logit_softcapping", 0.0,
            "final_logit_softcapping", 0.0,
            "logit_scale", 0.0,
            "residual_scale", 0.0,
            "embedding_scale", 0.0,
            "expert_count", 0.0);

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final GgufFamily family;
    private final ConfigValues values;

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        this.family = GgufFamilies.of(metadata, file.tensors().keySet());
        this.values = new ConfigValues(metadata, file.tensors().keySet());
    }

    /**
     * The config of a file's model.
     *
     * @throws WeightException if the file holds no whole model or a needed key is missing
     * @throws UnsupportedException if its architecture is not covered
     */
    public static GgufConfig of(GgufFile file) {
        checkKind(file);
        GgufConfig config = new GgufConfig(file);
        config.checkEmbedding();
        config.checkUnread();
        return config;
    }

    GgufFamily family() {
        return family;
    }

    ConfigValues values() {
        return values;
    }

    private static void checkKind(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String kind = String.valueOf(metadata.text("general.type", "model"));
        if (!kind.equals("model")) {
            throw new WeightException(metadata.where() + ": holds no model but is of the type \"" + kind
                    + "\". Give model_name_or_path the model's own file.");
        }
        long parts = metadata.integer("split.count", 1);
        if (parts > 1) {
            throw new UnsupportedException(metadata.where() + ": is one of " + parts
                    + " files of a split model. Join them with llama.cpp's \"llama-gguf-split --merge\", and give "
                    + "model_name_or_path the result.");
        }
    }

    private void checkEmbedding() {
        GgufTensor embedding = file.tensors().get(EMBEDDING);
        if (embedding == null) {
            throw new WeightException(metadata.where() + ": holds no tensor " + EMBEDDING
                    + "; it may be a vocabulary without a model. Take another file of the model.");
        }
        if (embedding.shape().length != 2) {
            throw new WeightException(metadata.where() + ": the tensor " + EMBEDDING + " is no matrix but has "
                    + embedding.shape().length + " dimensions. Take another copy of the model, or convert it again.");
        }
    }

    private void checkUnread() {
        TELLING.forEach((name, neutral) -> {
            String key = values.key(name);
            boolean read = family.config().values().stream().anyMatch(source -> source.split("[?=]")[0].equals(name));
            if (!read && metadata.has(key) && !metadata.isArray(key) && metadata.number(key, neutral) != neutral) {
                throw new UnsupportedException(metadata.where() + ": \"" + key + "\" is "
                        + metadata.number(key, neutral)
                        + ", which a " + family.modelType() + " model has no place for. Take the model's safetensors "
                        + "from a hub instead.");
            }
        });
    }

    /** {@code config.json}. */
    public ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putArray("architectures").add(family.className());
        config.put("model_type", family.modelType());
        family.config().forEach((key, source) -> {
            JsonNode value = values.value(source);
            if (value != null) {
                config.set(key, value);
            }
        });
        config.put("vocab_size", embedding().shape()[0]);
        config.put("tie_word_embeddings", !file.tensors().containsKey(HEAD));
        new RopeKeys(file, values).addTo(config);
        putId(config, "bos_token_id", "bos_token_id");
        putId(config, "eos_token_id", "eos_token_id");
        putId(config, "pad_token_id", "padding_token_id");
        config.put("torch_dtype", dtype().configName());
        config.setAll(family.fixed());
        return config;
    }

    /** {@code generation_config.json}: all tokens that end a text, the end of a turn and of a message among them. */
    public ObjectNode generation() {
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        putId(generation, "bos_token_id", "bos_token_id");
        Set<Long> ends = new LinkedHashSet<>();
        for (String name : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            metadata.integerIfAny(TOKENS + name).ifPresent(ends::add);
        }
        if (ends.size() == 1) {
            generation.put("eos_token_id", ends.iterator().next());
        } else if (!ends.isEmpty()) {
            ArrayNode ids = generation.putArray("eos_token_id");
            ends.forEach(ids::add);
        }
        putId(generation, "pad_token_id", "padding_token_id");
        return generation;
    }

    private void putId(ObjectNode config, String key, String name) {
        metadata.integerIfAny(TOKENS + name).ifPresent(id -> {
            if (id < 0 || id >= embedding().shape()[0]) {
                throw metadata.problem(
                        TOKENS + name,
                        "is " + id + ", and the embedding has " + embedding().shape()[0]
                                + " rows. Take another copy of the model, or convert it again.");
            }
            config.put(key, id);
        });
    }

    private GgufTensor embedding() {
        return java.util.Objects.requireNonNull(file.tensors().get(EMBEDDING));
    }

    /** The dtype that most elements have once read. */
    private DType dtype() {
        java.util.EnumMap<DType, Long> elements = new java.util.EnumMap<>(DType.class);
        for (GgufTensor tensor : file.tensors().values()) {
            GgmlType type = tensor.type();
            elements.merge(type.dtype(), tensor.elements(), Long::sum);
        }
        return elements.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(DType.FLOAT32);
    }
}
