package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.attention.latent.LatentAttention;
import dev.finetune4j.core.model.config.NormConfig;

/** Puts the latent attention of one block together. */
record LatentBuilder(LayerParts parts, AttentionKernel kernel) {
    /** @param prefix name of the layer, with its dot */
    SelfAttention build(String prefix, LatentAttention.Shape shape) {
        NormConfig norm = new NormConfig(NormConfig.Kind.RMS, shape.widths().normEpsilon());
        boolean narrow = shape.widths().queryRank() > 0;
        LatentAttention.Narrow query = narrow
                ? new LatentAttention.Narrow(
                        parts.linear(prefix + LatentShapes.NARROW_QUERY),
                        parts.norm(prefix + LatentShapes.NARROW_QUERY_NORM, norm))
                : null;
        LatentAttention.Maps maps = new LatentAttention.Maps(
                parts.linear(prefix + (narrow ? LatentShapes.WIDE_QUERY : LatentShapes.QUERY)),
                parts.linear(prefix + LatentShapes.NARROW),
                parts.norm(prefix + LatentShapes.NARROW_NORM, norm),
                parts.linear(prefix + LatentShapes.WIDE),
                parts.linear(prefix + LatentShapes.OUTPUT));
        return new LatentAttention(maps, query, kernel, shape);
    }
}
