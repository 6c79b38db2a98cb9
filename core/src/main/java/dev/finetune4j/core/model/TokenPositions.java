package dev.finetune4j.core.model;

import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import java.util.List;

/**
 * Where the tokens of a batch stand: documents, positions, and their angles in each of the model's rotary embeddings.
 *
 * @param angles one entry a rotary embedding of the config; empty for models without
 */
public record TokenPositions(AttentionLayout layout, List<Angles> angles) {
    public TokenPositions {
        angles = List.copyOf(angles);
    }
}
