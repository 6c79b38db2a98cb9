package dev.finetune4j.core.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finetune4j.core.config.source.Document;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the values that a family's table asks for, in metadata and list of tensors. */
final class ConfigValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Blocks of the two models whose attention scale is not that of their head width. */
    private static final int GEMMA2_27B_BLOCKS = 46;

    private static final int GEMMA3_27B_BLOCKS = 62;

    private final GgufMetadata metadata;
    private final Set<String> tensors;
    private final String architecture;

    ConfigValues(GgufMetadata metadata, Set<String> tensors) {
        this.metadata = metadata;
        this.tensors = tensors;
        this.architecture = metadata.text("general.architecture");
    }

    /** A key with the architecture's name before it. */
    String key(String name) {
        return architecture + "." + name;
    }

    /**
     * The value of an expression of the table.
     *
     * @return null where the key may be absent and is
     */
    @Nullable
    JsonNode value(String expression) {
        String[] words = expression.split(" ");
        return switch (words[0]) {
            case "has" -> NODES.booleanNode(tensors.contains(words[1]));
            case "lacks" -> NODES.booleanNode(!tensors.contains(words[1]));
            case "compute" -> computed(words[1]);
            default -> keyed(words[0]);
        };
    }

    private @Nullable JsonNode keyed(String expression) {
        if (expression.endsWith("?")) {
            String name = expression.substring(0, expression.length() - 1);
            return metadata.has(key(name)) ? stored(key(name)) : null;
        }
        String[] fallback = expression.split("=");
        return fallback.length == 2 && !metadata.has(key(fallback[0]))
                ? Document.value(fallback[1], expression)
                : stored(key(fallback[0]));
    }

    private JsonNode stored(String key) {
        if (metadata.isArray(key)) {
            return NODES.numberNode(same(key));
        }
        if (metadata.isWhole(key)) {
            return NODES.numberNode(metadata.integer(key));
        }
        return metadata.isFlag(key)
                ? NODES.booleanNode(metadata.flag(key, false))
                : NODES.numberNode(metadata.requiredNumber(key));
    }

    /** The value of an array with one entry a block, all equal. */
    private int same(String key) {
        int[] values = metadata.ints(key);
        for (int value : values) {
            if (value != values[0]) {
                throw metadata.problem(
                        key,
                        "differs from block to block, which no architecture does that can be read from GGUF files. Take "
                                + "the model's safetensors from a hub instead.");
            }
        }
        if (values.length == 0) {
            throw metadata.problem(key, "is an empty array. Take another copy of the model, or convert it again.");
        }
        return values[0];
    }

    /** A positive whole number that fits 31 bits. */
    int size(String name) {
        JsonNode value = stored(key(name));
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() <= 0) {
            throw metadata.problem(key(name), "is " + value + " where a positive whole number is due.");
        }
        return value.intValue();
    }

    int heads() {
        return size("attention.head_count");
    }

    /** Key and value heads; as many as the queries have where the file does not say. */
    int keyValueHeads() {
        return metadata.has(key("attention.head_count_kv")) ? size("attention.head_count_kv") : heads();
    }

    /** Width of a head. */
    int headDim() {
        return metadata.has(key("attention.key_length")) ? size("attention.key_length") : perHead();
    }

    private int perHead() {
        int width = size("embedding_length");
        if (width % heads() != 0) {
            throw metadata.problem(
                    key("attention.head_count"),
                    "is " + heads() + ", which does not divide the width " + width + ", and there is no key_length.");
        }
        return width / heads();
    }

    private JsonNode computed(String word) {
        return switch (word) {
            case "key-value-heads" -> NODES.numberNode(keyValueHeads());
            case "head-dim" -> NODES.numberNode(headDim());
            case "partial-rotary" -> NODES.numberNode((double) rotated() / headDim());
            case "one-key-value-head" -> NODES.booleanNode(keyValueHeads() == 1);
            case "several-key-value-heads" -> NODES.booleanNode(keyValueHeads() > 1);
            case "gemma2-scalar" -> scalar(GEMMA2_27B_BLOCKS);
            case "gemma3-scalar" -> scalar(GEMMA3_27B_BLOCKS);
            case "nope-head-dim" -> NODES.numberNode(headDim() - size("rope.dimension_count"));
            case "topk-method" ->
                NODES.textNode(metadata.number(key("expert_group_count"), 1) > 1 ? "group_limited_greedy" : "greedy");
            default -> throw new IllegalArgumentException("the table of families asks for \"" + word + "\"");
        };
    }

    private int rotated() {
        return metadata.has(key("rope.dimension_count")) ? size("rope.dimension_count") : headDim();
    }

    /**
     * What the square root of is taken for the attention's scale. No key holds it; llama.cpp goes by the number of blocks.
     */
    private JsonNode scalar(int exception) {
        return NODES.numberNode(size("block_count") == exception ? perHead() : headDim());
    }
}
