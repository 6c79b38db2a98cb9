package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ModelConfig;
import org.jspecify.annotations.Nullable;

/**
 * How much a run's loss counts the balance of its routers.
 *
 * @param coefficient factor of the load-balancing loss; 0 for none
 * @param note a sentence for the plan; null where there is nothing to say
 */
record RouterLoss(double coefficient, @Nullable String note) {
    private static final RouterLoss NONE = new RouterLoss(0, null);

    static RouterLoss of(ModelConfig config, FineTuneArguments arguments) {
        if (!arguments.training().trains()) {
            return NONE;
        }
        Double given = arguments.model().moeAuxLossCoef();
        double wish = given == null ? 0 : given;
        ExpertConfig experts = config.experts();
        if (experts == null) {
            return wish == 0 ? NONE : new RouterLoss(0, "moe_aux_loss_coef has no effect: the model has no experts");
        }
        boolean balanced =
                experts.router().score() == Score.SIGMOID || experts.router().score() == Score.SIGMOID_ON_INPUT;
        if (balanced) {
            return wish == 0
                    ? NONE
                    : new RouterLoss(
                            0,
                            "moe_aux_loss_coef has no effect: " + config.modelType() + " balances its experts without");
        }
        if (wish != 0) {
            return new RouterLoss(wish, "the loss contains the balance of the experts, times " + wish);
        }
        boolean asked = config.raw().path("output_router_logits").asBoolean(false);
        double own = experts.balanceCoefficient();
        return !asked || own == 0
                ? NONE
                : new RouterLoss(
                        own, "the loss contains the balance of the experts, times " + own + " as config.json says");
    }
}
