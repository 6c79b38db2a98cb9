package dev.finetune4j.core.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.AttentionConfig.Temperature;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.BlockConfig;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.HeadConfig;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.config.ModelConfig.Sizes;
import dev.finetune4j.core.model.config.ModelConfig.Stored;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.config.RopeReader;
import dev.finetune4j.core.model.layers.Activation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A config on its way: Llama's facts, read from the file, and what a family changes of them. A family is the list of its
 * changes. Not for more than one thread.
 */
public final class ModelDraft {
    private final String family;
    private final ConfigFile file;
    private final Sizes sizes;
    private final int heads;
    private int keyValueHeads;
    private int headDim;
    private Names names = Names.LLAMA;
    private InputConfig input = InputConfig.PLAIN;
    private NormConfig norm;
    private boolean parallel;
    private double residualMultiplier = 1;
    private @Nullable String beforeAttention = "input_layernorm";
    private @Nullable String afterAttention;
    private @Nullable String beforeFeedForward = "post_attention_layernorm";
    private @Nullable String afterFeedForward;
    private Layout layout = Layout.SEPARATE;
    private boolean inputBias;
    private boolean outputBias;
    private @Nullable QueryKeyNorm queryKeyNorm;
    private double scale;
    private double softCap;
    private double clip;
    private boolean sinks;
    private boolean alibi;
    private @Nullable LatentConfig latent;
    private @Nullable Temperature temperature;
    private List<View> views;
    private List<RopeConfig> ropes = List.of();
    private FeedForwardConfig.Kind feedForward = FeedForwardConfig.Kind.GATED;
    private String activation;
    private int width;
    private boolean feedForwardBias;
    private @Nullable ExpertConfig experts;
    private boolean headBias;
    private double logitMultiplier = 1;
    private double logitCap;
    private boolean unitHead;
    private boolean transposed;

    private ModelDraft(String family, ConfigFile file) {
        this.family = family;
        this.file = file;
        this.sizes = new Sizes(
                file.size("hidden_size"),
                file.size("intermediate_size", 4 * file.size("hidden_size")),
                file.size("num_hidden_layers"),
                file.size("vocab_size"),
                file.size("max_position_embeddings", 2048));
        this.heads = file.size("num_attention_heads");
        this.keyValueHeads = file.size("num_key_value_heads", heads);
        this.headDim = file.has("head_dim") ? file.size("head_dim") : 0;
        this.norm = new NormConfig(Kind.RMS, file.number("rms_norm_eps", 1e-6));
        this.activation = file.has("hidden_act") ? file.text("hidden_act") : "silu";
        this.width = sizes.intermediate();
        this.views = Collections.nCopies(sizes.layers(), View.ALL);
    }

    /** Llama's facts, without biases. */
    public static ModelDraft of(String family, ConfigFile file) {
        return new ModelDraft(family, file);
    }

    public ConfigFile file() {
        return file;
    }

    public Sizes sizes() {
        return sizes;
    }

    public int heads() {
        return heads;
    }

    public ModelDraft names(Names changed) {
        names = changed;
        return this;
    }

    public Names names() {
        return names;
    }

    public ModelDraft keyValueHeads(int count) {
        keyValueHeads = count;
        return this;
    }

    /** Width of a head where the file gives none. */
    public ModelDraft headDimOr(int fallback) {
        headDim = headDim == 0 ? fallback : headDim;
        return this;
    }

    /** Width of a head; the hidden width shared out among the heads where the file gives none. */
    public int headDim() {
        if (headDim > 0) {
            return headDim;
        }
        if (sizes.hidden() % heads != 0) {
            throw file.problem(
                    "hidden_size",
                    "is " + sizes.hidden() + ", which " + heads
                            + " attention heads do not divide, and there is no head_dim.");
        }
        return sizes.hidden() / heads;
    }

    /** Kind of the norms, ε unchanged. */
    public ModelDraft norm(Kind kind) {
        norm = new NormConfig(kind, norm.epsilon());
        return this;
    }

    public ModelDraft norm(Kind kind, double epsilon) {
        norm = new NormConfig(kind, epsilon);
        return this;
    }

    public NormConfig norm() {
        return norm;
    }

    /** Norms of a block, one layer after the other; null for those a family has not. */
    public ModelDraft sequential(
            @Nullable String before, @Nullable String after, @Nullable String beforeMlp, @Nullable String afterMlp) {
        parallel = false;
        beforeAttention = before;
        afterAttention = after;
        beforeFeedForward = beforeMlp;
        afterFeedForward = afterMlp;
        return this;
    }

    /** Both layers side by side, with one norm or two. */
    public ModelDraft parallel(String first, @Nullable String second) {
        sequential(first, null, second, null);
        parallel = true;
        return this;
    }

    public ModelDraft residualMultiplier(double factor) {
        residualMultiplier = factor;
        return this;
    }

    public ModelDraft layout(Layout changed) {
        layout = changed;
        return this;
    }

    /** Biases of q, k and v, and of o. */
    public ModelDraft attentionBias(boolean inputs, boolean output) {
        inputBias = inputs;
        outputBias = output;
        return this;
    }

    /** Norms of q and k with the norms' own kind and ε. */
    public ModelDraft queryKeyNorm(Span span) {
        return queryKeyNorm(new QueryKeyNorm(span, false, norm));
    }

    public ModelDraft queryKeyNorm(QueryKeyNorm changed) {
        queryKeyNorm = changed;
        return this;
    }

    /** Factor on scores; one over the root of the head's width where a family says nothing. */
    public ModelDraft scale(double factor) {
        scale = factor;
        return this;
    }

    public ModelDraft softCap(double cap) {
        softCap = cap;
        return this;
    }

    public ModelDraft clip(double bound) {
        clip = bound;
        return this;
    }

    public ModelDraft sinks() {
        sinks = true;
        return this;
    }

    /** Linear biases instead of rotation. */
    public ModelDraft alibi() {
        alibi = true;
        return views(i -> new View(0, 0, -1));
    }

    public ModelDraft latent(LatentConfig changed) {
        latent = changed;
        return this;
    }

    public ModelDraft temperature(@Nullable Temperature changed) {
        temperature = changed;
        return this;
    }

    /** What each block sees. */
    public ModelDraft views(IntFunction<View> view) {
        List<View> all = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            all.add(view.apply(i));
        }
        views = all;
        return this;
    }

    /** Sliding windows by block, 0 for none. */
    public ModelDraft windows(IntFunction<Integer> window) {
        return views(i -> new View(window.apply(i), 0, views.get(i).rope()));
    }

    /** The same window in every block. */
    public ModelDraft window(int everywhere) {
        return windows(i -> everywhere);
    }

    /**
     * Type of a block by {@code layer_types}.
     *
     * @return null where the file has no such list
     */
    public @Nullable String layerType(int index) {
        JsonNode types = file.node("layer_types");
        if (!types.isArray()) {
            return null;
        }
        String type = types.path(index).asText();
        if (!List.of("full_attention", "sliding_attention", "chunked_attention").contains(type)) {
            throw file.problem(
                    "layer_types",
                    "names \"" + type + "\" for block " + index
                            + "; this build knows full_attention, sliding_attention and chunked_attention.");
        }
        return type;
    }

    /** Whether a block slides: by {@code layer_types}, or by the family's rule where there is no such list. */
    public boolean slides(int index, boolean otherwise) {
        String type = layerType(index);
        return type == null ? otherwise : type.equals("sliding_attention");
    }

    /** Rotary embeddings other than the one that the file describes. */
    public ModelDraft ropes(RopeConfig... changed) {
        ropes = List.of(changed);
        return this;
    }

    /** The file's rotary embedding with neighbours as pairs. */
    public ModelDraft interleaved() {
        return ropes(rope().read().asInterleaved());
    }

    public RopeReader rope() {
        int rotated = latent == null ? headDim() : latent.rotatedDim();
        return new RopeReader(file, rotated, sizes.maxPositions());
    }

    public ModelDraft feedForward(FeedForwardConfig.Kind kind) {
        feedForward = kind;
        return this;
    }

    /** Inner width other than {@code intermediate_size}. */
    public ModelDraft width(int inner) {
        width = inner;
        return this;
    }

    public ModelDraft activation(String name) {
        activation = name;
        return this;
    }

    public ModelDraft feedForwardBias(boolean bias) {
        feedForwardBias = bias;
        return this;
    }

    public ModelDraft experts(ExpertConfig changed) {
        experts = changed;
        return this;
    }

    public ModelDraft input(InputConfig changed) {
        input = changed;
        return this;
    }

    public ModelDraft headBias(boolean bias) {
        headBias = bias;
        return this;
    }

    public ModelDraft logitMultiplier(double factor) {
        logitMultiplier = factor;
        return this;
    }

    public ModelDraft logitCap(double cap) {
        logitCap = cap;
        return this;
    }

    /** Rows of the head's matrix are brought to length one. */
    public ModelDraft unitHead() {
        unitHead = true;
        return this;
    }

    /** Matrices of blocks lie {@code [in, out]}. */
    public ModelDraft transposed() {
        transposed = true;
        return this;
    }

    public ModelConfig build() {
        if (Activation.named(activation) == null) {
            throw file.problem(
                    "hidden_act",
                    "is \"" + activation
                            + "\"; known: silu, gelu, gelu_pytorch_tanh, gelu_new, quick_gelu, relu, relu2.");
        }
        return new ModelConfig(
                family,
                sizes,
                names,
                input,
                new BlockConfig(
                        norm,
                        parallel,
                        residualMultiplier,
                        beforeAttention,
                        afterAttention,
                        beforeFeedForward,
                        afterFeedForward),
                attention(),
                rotations(),
                new FeedForwardConfig(feedForward, activation, width, feedForwardBias),
                experts,
                new HeadConfig(file.flag("tie_word_embeddings", false), headBias, logitMultiplier, logitCap, unitHead),
                new Stored(file.dtype(), file.number("initializer_range", 0.02), transposed),
                file.root());
    }

    private AttentionConfig attention() {
        if (heads % keyValueHeads != 0) {
            throw file.problem(
                    "num_key_value_heads",
                    "is " + keyValueHeads + ", which does not divide the " + heads + " attention heads.");
        }
        return new AttentionConfig(
                heads,
                keyValueHeads,
                headDim(),
                layout,
                inputBias,
                outputBias,
                queryKeyNorm,
                scale > 0 ? scale : 1 / Math.sqrt(headDim()),
                softCap,
                clip,
                sinks,
                alibi,
                latent,
                temperature,
                views);
    }

    private List<RopeConfig> rotations() {
        boolean rotates = views.stream().anyMatch(view -> view.rope() >= 0);
        if (!rotates) {
            return List.of();
        }
        return ropes.isEmpty() ? List.of(rope().read()) : ropes;
    }
}
