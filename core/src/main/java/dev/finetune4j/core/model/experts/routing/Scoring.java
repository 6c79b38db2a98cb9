package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.model.config.ExpertConfig;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** From a router's logits to chosen experts and their weights. A pair: the choice has no gradient, the weights have. */
interface Scoring {
    /**
     * @param logits {@code [tokens, experts]}, fp32 or fp64
     * @param correction {@code [experts]} added for the choice only, in the dtype of the logits; null for none
     */
    Routing choose(Tensor logits, @Nullable Tensor correction);

    /**
     * Gradient of the logits; in the caller's scope, and the caller's to change.
     *
     * @param weightGradient gradient of the weights {@code [tokens, perToken]}, in the dtype of the logits
     */
    Tensor backward(Tensor weightGradient, Tensor logits, Routing routing);

    /** The scoring of a config. */
    static Scoring of(ExpertConfig.Router router, int experts, int perToken) {
        Choice choice = new Choice(experts, perToken, router.groups(), router.chosenGroups());
        return switch (router.score()) {
            case SOFTMAX -> new SoftmaxScoring(choice, new ChosenWeights(router.normalised(), router.scaling()));
            case SIGMOID -> new SigmoidScoring(choice, new ChosenWeights(router.normalised(), router.scaling()));
            case SOFTMAX_OF_CHOSEN -> new LogitScoring(choice, LogitScoring.Weigh.SOFTMAX, router.scaling());
            case SIGMOID_ON_INPUT -> new LogitScoring(choice, LogitScoring.Weigh.SIGMOID, router.scaling());
            case SPARSE_MIXER -> new SparseMixer(perToken, router.jitter());
        };
    }
}
