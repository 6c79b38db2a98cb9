package dev.finetune4j.core.model.family;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.AttentionConfig;
import dev.finetune4j.core.model.config.ModelConfig.Sizes;

/** What the dense families that descend from Llama share: names of keys and tensors, RMS norms, gated feed-forward. */
abstract sealed class DenseFamily implements Architecture permits Llama, Mistral, Qwen2, Qwen3 {
    /**
     * What sets a family apart.
     *
     * @param inputBias biases on q, k and v
     * @param outputBias bias on o
     * @param feedForwardBias biases in the feed-forward layer
     * @param queryKeyNorm norms on q and k
     * @param windows sliding window per block, 0 for none
     */
    record Traits(
            boolean inputBias, boolean outputBias, boolean feedForwardBias, boolean queryKeyNorm, int[] windows) {}

    abstract Traits traits(ConfigFile config, int layers);

    @Override
    public ModelConfig read(ConfigFile config) {
        Sizes sizes = new Sizes(
                config.size("hidden_size"),
                config.size("intermediate_size"),
                config.size("num_hidden_layers"),
                config.size("vocab_size"),
                config.size("max_position_embeddings", 2048));
        Traits traits = traits(config, sizes.layers());
        String activation = config.has("hidden_act") ? config.text("hidden_act") : "silu";
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.problem("hidden_act", "is \"" + activation + "\"; the family " + name() + " has silu.");
        }
        return new ModelConfig(
                name(),
                sizes,
                attention(config, sizes, traits),
                config.rope(sizes.maxPositions(), 10000),
                "silu",
                config.number("rms_norm_eps", 1e-6),
                traits.feedForwardBias,
                config.flag("tie_word_embeddings", false),
                config.dtype(),
                config.number("initializer_range", 0.02),
                config.root());
    }

    /** Width of a head where the file gives none. */
    int headDim(ConfigFile config, Sizes sizes, int heads) {
        if (sizes.hidden() % heads != 0) {
            throw config.problem(
                    "hidden_size",
                    "is " + sizes.hidden() + ", which " + heads
                            + " attention heads do not divide, and there is no head_dim.");
        }
        return sizes.hidden() / heads;
    }

    private AttentionConfig attention(ConfigFile config, Sizes sizes, Traits traits) {
        int heads = config.size("num_attention_heads");
        int keyValueHeads = config.size("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) {
            throw config.problem(
                    "num_key_value_heads",
                    "is " + keyValueHeads + ", which does not divide the " + heads + " attention heads.");
        }
        int headDim = config.has("head_dim") ? config.size("head_dim") : headDim(config, sizes, heads);
        if (headDim % 2 != 0) {
            throw config.problem("head_dim", "is " + headDim + "; a rotary embedding needs an even one.");
        }
        return new AttentionConfig(
                heads,
                keyValueHeads,
                headDim,
                traits.inputBias,
                traits.outputBias,
                traits.queryKeyNorm,
                traits.windows);
    }

    static int[] everywhere(int window, int layers) {
        int[] windows = new int[layers];
        java.util.Arrays.fill(windows, window);
        return windows;
    }

    /** Qwen's rule: {@code layer_types} where given, else a window from block {@code max_window_layers} on. */
    static int[] qwenWindows(ConfigFile config, int layers) {
        int[] windows = new int[layers];
        if (!config.flag("use_sliding_window", false)) {
            return windows;
        }
        int window = config.window("sliding_window", 4096);
        int first = (int) config.number("max_window_layers", 28);
        for (int i = 0; i < layers; i++) {
            boolean slides = config.has("layer_types")
                    ? config.root().get("layer_types").path(i).asText().equals("sliding_attention")
                    : i >= first;
            windows[i] = slides ? window : 0;
        }
        return windows;
    }
}
