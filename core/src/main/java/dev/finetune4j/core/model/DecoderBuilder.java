package dev.finetune4j.core.model;

import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.layers.Attention;
import dev.finetune4j.core.model.layers.AttentionKernel;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.layers.RmsNorm;
import dev.finetune4j.core.model.layers.RotaryEmbedding;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a decoder from its config and the parameters that {@link #shapes} asks for. */
public final class DecoderBuilder {
    static final String HEAD = "lm_head.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final ModelConfig config;
    private final ComputePolicy policy;
    private final AttentionKernel kernel;
    private final Workspace workspace = new Workspace();

    public DecoderBuilder(ModelConfig config, ComputePolicy policy, AttentionKernel kernel) {
        this.config = config;
        this.policy = policy;
        this.kernel = kernel;
    }

    /**
     * Name and shape of every tensor that a checkpoint of this config holds, in walk order; a tied head is not among them.
     */
    public static Map<String, long[]> shapes(ModelConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        long hidden = config.sizes().hidden();
        shapes.put(EMBEDDING, new long[] {config.sizes().vocabulary(), hidden});
        for (int i = 0; i < config.sizes().layers(); i++) {
            blockShapes(config, "model.layers." + i + ".", shapes);
        }
        shapes.put("model.norm.weight", new long[] {hidden});
        if (!config.tied()) {
            shapes.put(HEAD, new long[] {config.sizes().vocabulary(), hidden});
        }
        return shapes;
    }

    private static void blockShapes(ModelConfig config, String prefix, Map<String, long[]> shapes) {
        ModelConfig.AttentionConfig attention = config.attention();
        long hidden = config.sizes().hidden();
        long inner = config.sizes().intermediate();
        long q = (long) attention.heads() * attention.headDim();
        long kv = (long) attention.keyValueHeads() * attention.headDim();
        shapes.put(prefix + "input_layernorm.weight", new long[] {hidden});
        linear(prefix + "self_attn.q_proj", q, hidden, attention.inputBias(), shapes);
        linear(prefix + "self_attn.k_proj", kv, hidden, attention.inputBias(), shapes);
        linear(prefix + "self_attn.v_proj", kv, hidden, attention.inputBias(), shapes);
        linear(prefix + "self_attn.o_proj", hidden, q, attention.outputBias(), shapes);
        if (attention.queryKeyNorm()) {
            shapes.put(prefix + "self_attn.q_norm.weight", new long[] {attention.headDim()});
            shapes.put(prefix + "self_attn.k_norm.weight", new long[] {attention.headDim()});
        }
        shapes.put(prefix + "post_attention_layernorm.weight", new long[] {hidden});
        linear(prefix + "mlp.gate_proj", inner, hidden, config.feedForwardBias(), shapes);
        linear(prefix + "mlp.up_proj", inner, hidden, config.feedForwardBias(), shapes);
        linear(prefix + "mlp.down_proj", hidden, inner, config.feedForwardBias(), shapes);
    }

    private static void linear(String name, long out, long in, boolean bias, Map<String, long[]> shapes) {
        shapes.put(name + ".weight", new long[] {out, in});
        if (bias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    /** A decoder over a store that holds everything {@link #shapes} lists; the decoder closes the store. */
    public Decoder build(ParameterStore store, Device device) {
        if (config.tied()) {
            store.tie(HEAD, EMBEDDING);
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.sizes().layers(); i++) {
            blocks.add(block(store, i));
        }
        Head head = new Head(
                norm(store, "model.norm"),
                new Linear("lm_head", new DenseWeight(store.get(HEAD), workspace), null),
                policy);
        RotaryEmbedding rope =
                new RotaryEmbedding(config.rope(), config.attention().headDim());
        Decoder.Parts parts =
                new Decoder.Parts(new Embedding(store.get(EMBEDDING), policy), List.copyOf(blocks), head, rope, kernel);
        return new Decoder(config, policy, device, store, parts, workspace);
    }

    private Block block(ParameterStore store, int index) {
        String prefix = "model.layers." + index;
        String self = prefix + ".self_attn.";
        Attention.HeadNorms norms = config.attention().queryKeyNorm()
                ? new Attention.HeadNorms(norm(store, self + "q_norm"), norm(store, self + "k_norm"))
                : null;
        Attention.Projections maps = new Attention.Projections(
                linear(store, self + "q_proj"),
                linear(store, self + "k_proj"),
                linear(store, self + "v_proj"),
                linear(store, self + "o_proj"));
        Attention attention = new Attention(
                maps,
                norms,
                kernel,
                config.attention().windows()[index],
                config.attention().headDim());
        GatedFeedForward feedForward = new GatedFeedForward(
                linear(store, prefix + ".mlp.gate_proj"),
                linear(store, prefix + ".mlp.up_proj"),
                linear(store, prefix + ".mlp.down_proj"),
                workspace);
        Block.Layers layers = new Block.Layers(
                norm(store, prefix + ".input_layernorm"),
                attention,
                norm(store, prefix + ".post_attention_layernorm"),
                feedForward);
        return new Block(prefix, layers, policy, workspace);
    }

    private RmsNorm norm(ParameterStore store, String name) {
        return new RmsNorm(store.get(name + ".weight"), config.normEpsilon());
    }

    private Linear linear(ParameterStore store, String name) {
        @Nullable Parameter bias = store.find(name + ".bias");
        return new Linear(name, new DenseWeight(store.get(name + ".weight"), workspace), bias);
    }
}
