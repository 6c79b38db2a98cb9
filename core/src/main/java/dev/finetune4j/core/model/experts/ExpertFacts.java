package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import java.util.Objects;

/**
 * What of a model's config its experts depend on.
 *
 * @param hidden width of the hidden states
 * @param experts router, experts and shared layer
 * @param feedForward the ordinary layer, whose activation and whose biases the experts and the shared layer have
 * @param maps what the ordinary layer's maps are called; the shared layer's are called so too
 */
public record ExpertFacts(long hidden, ExpertConfig experts, FeedForwardConfig feedForward, Names.FeedForward maps) {
    /** Of a model with experts. */
    public static ExpertFacts of(ModelConfig config) {
        return new ExpertFacts(
                config.sizes().hidden(),
                Objects.requireNonNull(config.experts()),
                config.feedForward(),
                config.names().feedForward());
    }
}
