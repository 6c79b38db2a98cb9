package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.attention.Attention;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionRule;
import dev.finetune4j.core.model.attention.HeadNorms;
import dev.finetune4j.core.model.attention.LinearBiases;
import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.attention.latent.LatentAttention;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.FusedProjection;
import dev.finetune4j.core.model.projection.GroupedProjection;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.model.projection.Projections;

/** Puts the attention of one block together. */
record AttentionBuilder(LayerParts parts, AttentionKernel kernel) {
    /** @param block full name of the block */
    SelfAttention build(String block, int index) {
        AttentionConfig config = parts.config().attention();
        Names.Attention names = parts.config().names().attention();
        String prefix = block + "." + names.module() + ".";
        AttentionConfig.View view = config.views().get(index);
        AttentionRule rule = new AttentionRule(
                config.scale() * view.scale(),
                view.window(),
                view.chunk(),
                config.softCap(),
                config.sinks() ? parts.store().get(prefix + "sinks") : null,
                config.alibi() ? LinearBiases.slopes(config.heads()) : null);
        LatentConfig latent = config.latent();
        if (latent != null) {
            return new LatentBuilder(parts, kernel).build(prefix, new LatentAttention.Shape(latent, rule, view.rope()));
        }
        Attention.Shape shape = new Attention.Shape(
                config.headDim(), rule, view.rope(), config.clip(), view.rope() < 0 ? config.temperature() : null);
        return new Attention(
                projections(config, names, prefix),
                parts.linear(prefix + names.o()),
                // Llama 4 normalises rotated heads only.
                norms(config, names, prefix, view),
                kernel,
                shape);
    }

    private Projections projections(AttentionConfig config, Names.Attention names, String prefix) {
        Linear first = parts.linear(prefix + names.q());
        long keys = config.keyWidth();
        return switch (config.layout()) {
            case SEPARATE ->
                new ProjectionGroup(first, parts.linear(prefix + names.k()), parts.linear(prefix + names.v()));
            case BLOCKS -> new FusedProjection(first, config.queryWidth(), keys, keys);
            case GROUPS -> new GroupedProjection(first, config.keyValueHeads(), config.group(), config.headDim());
        };
    }

    private @org.jspecify.annotations.Nullable HeadNorms norms(
            AttentionConfig config, Names.Attention names, String prefix, AttentionConfig.View view) {
        QueryKeyNorm norm = config.queryKeyNorm();
        boolean unrotated = norm != null && !norm.norm().kind().hasWeight() && view.rope() < 0;
        if (norm == null || unrotated) {
            return null;
        }
        return new HeadNorms(
                parts.norm(prefix + names.queryNorm(), norm.norm()),
                parts.norm(prefix + names.keyNorm(), norm.norm()),
                norm.span(),
                norm.afterRotation());
    }
}
