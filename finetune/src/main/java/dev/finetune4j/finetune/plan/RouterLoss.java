package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.model.ModelArguments;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;

/** Decides the factor of the load-balancing loss of a mixture of experts. */
final class RouterLoss {
    private static final String KEY = "moe_aux_loss_coef";

    private RouterLoss() {}

    /**
     * The factor that the settings give, else the checkpoint's own where it asks for router logits, else 0.
     *
     * @throws ConfigException if the settings give one and the model has no such loss
     */
    static double coefficient(ModelArguments arguments, ModelConfig config) {
        Double wanted = arguments.moeAuxLossCoef();
        ExpertConfig experts = config.experts();
        if (wanted == null || wanted == 0) {
            boolean asks = config.raw().path("output_router_logits").asBoolean(false);
            return experts != null && asks ? experts.balanceCoefficient() : 0;
        }
        if (experts == null) {
            throw refusal(wanted, "the model \"" + config.modelType() + "\" has no experts");
        }
        if (experts.balanceCoefficient() == 0) {
            throw refusal(
                    wanted,
                    "the family \"" + config.modelType()
                            + "\" balances its experts by other means and has no load-balancing loss");
        }
        return wanted;
    }

    private static ConfigException refusal(double given, String why) {
        return new ConfigException(new ConfigException.Problem(
                KEY, Double.toString(given), "", KEY + " has no meaning here: " + why + ". Leave the key out.", ""));
    }
}
