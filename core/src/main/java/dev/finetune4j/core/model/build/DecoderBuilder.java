package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Embedding;
import dev.finetune4j.core.model.Head;
import dev.finetune4j.core.model.ParallelBlock;
import dev.finetune4j.core.model.SequentialBlock;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.config.BlockConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.experts.ExpertBuilder;
import dev.finetune4j.core.model.experts.ExpertFacts;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.layers.PlainFeedForward;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.UnitRowWeight;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.model.projection.FusedProjection;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds a decoder from its config and the parameters that {@link ModelShapes} lists. */
public final class DecoderBuilder {
    private final ModelConfig config;
    private final ComputePolicy policy;
    private final AttentionKernel kernel;
    private final Workspace workspace = new Workspace();
    private final @Nullable RouterStatistics routers;

    public DecoderBuilder(ModelConfig config, ComputePolicy policy, AttentionKernel kernel) {
        this.config = config;
        this.policy = policy;
        this.kernel = kernel;
        this.routers = config.experts() == null
                ? null
                : new RouterStatistics(config.experts().count());
    }

    /** A decoder over a store that holds everything {@link ModelShapes} lists; the decoder closes the store. */
    public Decoder build(ParameterStore store, Device device) {
        Names names = config.names();
        if (config.tied()) {
            store.tie(names.head() + ".weight", names.embedding() + ".weight");
        }
        LayerParts parts = new LayerParts(config, store, workspace);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.sizes().layers(); i++) {
            blocks.add(block(parts, i));
        }
        List<RotaryEmbedding> ropes =
                config.ropes().stream().map(RotaryEmbedding::new).toList();
        Decoder.Parts whole =
                new Decoder.Parts(embedding(parts), List.copyOf(blocks), head(parts), ropes, kernel, routers);
        return new Decoder(config, policy, device, store, whole, workspace);
    }

    private Embedding embedding(LayerParts parts) {
        Names names = config.names();
        @Nullable
        Parameter positions = names.positions() != null && config.input().positions() > 0
                ? parts.store().get(names.positions() + ".weight")
                : null;
        @Nullable
        Norm norm = names.embeddingNorm() != null && config.input().norm()
                ? parts.norm(names.embeddingNorm(), config.block().norm())
                : null;
        return new Embedding(
                names.embedding(),
                parts.store().get(names.embedding() + ".weight"),
                new Embedding.Extras(config.input(), positions, norm, PaddingRow.of(config)),
                policy);
    }

    private Head head(LayerParts parts) {
        Names names = config.names();
        Parameter matrix = parts.store().get(names.head() + ".weight");
        Weight weight =
                config.head().normalised() ? new UnitRowWeight(matrix, workspace) : new DenseWeight(matrix, workspace);
        Linear map = new Linear(names.head(), weight, parts.store().find(names.head() + ".bias"));
        return new Head(parts.norm(names.finalNorm(), config.block().norm()), map, config.head(), policy);
    }

    private Block block(LayerParts parts, int index) {
        String prefix = config.names().block(index);
        BlockConfig block = config.block();
        Block.Norms norms = new Block.Norms(
                norm(parts, prefix, block.beforeAttention()),
                norm(parts, prefix, block.afterAttention()),
                norm(parts, prefix, block.beforeFeedForward()),
                norm(parts, prefix, block.afterFeedForward()));
        Block.Layers layers = new Block.Layers(
                norms,
                new AttentionBuilder(parts, kernel).build(prefix, index),
                feedForward(parts, prefix, index),
                block.residualMultiplier());
        return block.parallel()
                ? new ParallelBlock(prefix, layers, policy, workspace)
                : new SequentialBlock(prefix, layers, policy, workspace);
    }

    private @Nullable Norm norm(LayerParts parts, String prefix, @Nullable String name) {
        return name == null
                ? null
                : parts.norm(prefix + "." + name, config.block().norm());
    }

    private FeedForward feedForward(LayerParts parts, String block, int index) {
        if (config.hasExperts(index)) {
            RouterStatistics shared = Objects.requireNonNull(routers);
            return new ExpertBuilder(ExpertFacts.of(config), parts.store(), workspace, shared).build(block);
        }
        FeedForwardConfig feedForward = config.feedForward();
        Names.FeedForward names = config.names().feedForward();
        String prefix = block + "." + names.module() + ".";
        Activation activation = Objects.requireNonNull(Activation.named(feedForward.activation()));
        Linear down = parts.linear(prefix + names.down());
        return switch (feedForward.kind()) {
            case GATED ->
                new GatedFeedForward(
                        new ProjectionGroup(parts.linear(prefix + names.gate()), parts.linear(prefix + names.up())),
                        down,
                        activation,
                        workspace);
            case GATED_FUSED ->
                new GatedFeedForward(
                        new FusedProjection(
                                parts.linear(prefix + names.gate()), feedForward.width(), feedForward.width()),
                        down,
                        activation,
                        workspace);
            case PLAIN -> new PlainFeedForward(parts.linear(prefix + names.up()), down, activation, workspace);
        };
    }
}
