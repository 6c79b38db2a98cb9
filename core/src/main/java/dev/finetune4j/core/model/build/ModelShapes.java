package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.BlockConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.experts.ExpertFacts;
import dev.finetune4j.core.model.experts.ExpertShapes;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Name and shape of every tensor that a checkpoint of a config holds, in walk order; a tied head is not among them. Also knows
 * which matrices multiply the same input, so that their memory can lie end to end.
 */
public final class ModelShapes {
    private final ModelConfig config;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final Map<String, String> neighbours = new HashMap<>();

    private ModelShapes(ModelConfig config) {
        this.config = config;
    }

    public static ModelShapes of(ModelConfig config) {
        ModelShapes shapes = new ModelShapes(config);
        shapes.input();
        for (int i = 0; i < config.sizes().layers(); i++) {
            shapes.block(i);
        }
        shapes.norm(config.names().finalNorm(), config.block().norm());
        shapes.head();
        return shapes;
    }

    /** Shapes by name. */
    public Map<String, long[]> all() {
        return Collections.unmodifiableMap(shapes);
    }

    /** What matrices that multiply the same input have in common; other tensors have their own names. */
    public String neighbourhood(String name) {
        return neighbours.getOrDefault(name, name);
    }

    /** Number of parameters of the decoder, adapters not counted. */
    public static long parameters(ModelConfig config) {
        return of(config).shapes.values().stream()
                .mapToLong(ModelShapes::elements)
                .sum();
    }

    /** Values of a tensor of a shape. */
    public static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    private void input() {
        Names names = config.names();
        long hidden = config.sizes().hidden();
        shapes.put(names.embedding() + ".weight", new long[] {config.sizes().vocabulary(), hidden});
        if (names.positions() != null && config.input().positions() > 0) {
            shapes.put(names.positions() + ".weight", new long[] {config.input().positions(), hidden});
        }
        if (names.embeddingNorm() != null && config.input().norm()) {
            norm(names.embeddingNorm(), config.block().norm());
        }
    }

    private void head() {
        String head = config.names().head();
        if (!config.tied()) {
            shapes.put(
                    head + ".weight",
                    new long[] {config.sizes().vocabulary(), config.sizes().hidden()});
        }
        if (config.head().bias()) {
            shapes.put(head + ".bias", new long[] {config.sizes().vocabulary()});
        }
    }

    private void block(int index) {
        String prefix = config.names().block(index) + ".";
        BlockConfig block = config.block();
        norm(prefix, block.beforeAttention());
        attention(prefix + config.names().attention().module() + ".");
        norm(prefix, block.afterAttention());
        norm(prefix, block.beforeFeedForward());
        if (config.hasExperts(index)) {
            ExpertShapes experts =
                    new ExpertShapes(ExpertFacts.of(config), config.names().block(index));
            experts.addTo(shapes);
            experts.neighbours().forEach(group -> group.forEach(name -> neighbours.put(name, group.get(0) + "+")));
        } else {
            feedForward(prefix + config.names().feedForward().module() + ".");
        }
        norm(prefix, block.afterFeedForward());
    }

    private void attention(String prefix) {
        AttentionConfig attention = config.attention();
        Names.Attention names = config.names().attention();
        long hidden = config.sizes().hidden();
        LatentConfig latent = attention.latent();
        if (latent != null) {
            LatentShapes.of(attention, latent, hidden).forEach((name, shape) -> shapes.put(prefix + name, shape));
            List<String> narrow = LatentShapes.neighbours(latent).stream()
                    .map(name -> prefix + name)
                    .toList();
            together(prefix + "narrow", narrow);
            return;
        }
        long q = attention.queryWidth();
        long kv = attention.keyWidth();
        if (attention.layout() == Layout.SEPARATE) {
            linear(prefix + names.q(), q, hidden, attention.inputBias());
            linear(prefix + names.k(), kv, hidden, attention.inputBias());
            linear(prefix + names.v(), kv, hidden, attention.inputBias());
            together(prefix + "qkv", List.of(prefix + names.q(), prefix + names.k(), prefix + names.v()));
        } else {
            linear(prefix + names.q(), q + 2 * kv, hidden, attention.inputBias());
        }
        linear(prefix + names.o(), hidden, attention.outputWidth(), attention.outputBias());
        QueryKeyNorm norm = attention.queryKeyNorm();
        if (norm != null) {
            norm(prefix + names.queryNorm(), norm.norm(), headNorm(norm.span(), attention.heads()));
            norm(prefix + names.keyNorm(), norm.norm(), headNorm(norm.span(), attention.keyValueHeads()));
        }
        if (attention.sinks()) {
            shapes.put(prefix + "sinks", new long[] {attention.heads()});
        }
    }

    private long[] headNorm(Span span, long heads) {
        long dim = config.attention().headDim();
        return switch (span) {
            case HEAD -> new long[] {dim};
            case HEAD_OWN_WEIGHT -> new long[] {heads, dim};
            case ALL -> new long[] {heads * dim};
        };
    }

    private void feedForward(String prefix) {
        FeedForwardConfig feedForward = config.feedForward();
        Names.FeedForward names = config.names().feedForward();
        long hidden = config.sizes().hidden();
        long width = feedForward.width();
        boolean bias = feedForward.bias();
        switch (feedForward.kind()) {
            case GATED -> {
                linear(prefix + names.gate(), width, hidden, bias);
                linear(prefix + names.up(), width, hidden, bias);
                together(prefix + "gate_up", List.of(prefix + names.gate(), prefix + names.up()));
            }
            case GATED_FUSED -> linear(prefix + names.gate(), 2 * width, hidden, bias);
            case PLAIN -> linear(prefix + names.up(), width, hidden, bias);
        }
        linear(prefix + names.down(), hidden, width, bias);
    }

    private void linear(String name, long out, long in, boolean bias) {
        boolean transposed = config.stored().transposed();
        shapes.put(name + ".weight", transposed ? new long[] {in, out} : new long[] {out, in});
        if (bias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    private void norm(String prefix, @Nullable String name) {
        if (name != null) {
            norm(prefix + name, config.block().norm());
        }
    }

    private void norm(String name, NormConfig norm) {
        norm(name, norm, new long[] {config.sizes().hidden()});
    }

    private void norm(String name, NormConfig norm, long[] shape) {
        if (norm.kind().hasWeight()) {
            shapes.put(name + ".weight", shape);
        }
        if (norm.kind().hasBias()) {
            shapes.put(name + ".bias", shape);
        }
    }

    private void together(String key, List<String> maps) {
        maps.forEach(map -> neighbours.put(map + ".weight", key));
    }
}
