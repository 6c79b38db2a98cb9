package dev.finetune4j.adapters.freeze;

import dev.finetune4j.core.tuning.TuningMethodContract;
import dev.finetune4j.core.tuning.TuningRequest;
import java.util.List;

class FreezeContractTest extends TuningMethodContract {
    @Override
    protected String name() {
        return "freeze";
    }

    @Override
    protected TuningRequest request() {
        return super.request().with(new TuningRequest.Freeze(-1, List.of("mlp"), List.of("norm")));
    }
}
