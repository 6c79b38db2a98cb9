package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.tuning.LinearAdapterContract;
import dev.finetune4j.core.weights.Parameter;

class LoraDeltaContractTest extends LinearAdapterContract {
    @Override
    protected LinearAdapter adapter(Linear linear) {
        return new LoraDelta(
                new Parameter("map.lora_A.weight", random(31, 3, 12)),
                new Parameter("map.lora_B.weight", random(32, 10, 3)),
                0.5,
                0.25);
    }
}
