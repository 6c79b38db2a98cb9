package dev.finetune4j.adapters.full;

import dev.finetune4j.core.tuning.TuningMethodContract;

class FullContractTest extends TuningMethodContract {
    @Override
    protected String name() {
        return "full";
    }
}
