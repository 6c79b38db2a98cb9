package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.tuning.TuningMethodContract;
import dev.finetune4j.core.tuning.TuningRequest;
import java.util.List;

class LoraContractTest extends TuningMethodContract {
    @Override
    protected String name() {
        return "lora";
    }

    @Override
    protected TuningRequest request() {
        return TuningRequest.of("tiny", 5).withAdditionalTarget(List.of("lm_head", "1.input_layernorm"));
    }
}
