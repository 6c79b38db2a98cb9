package dev.finetune4j.adapters.freeze;

import dev.finetune4j.adapters.full.Trainable;
import dev.finetune4j.adapters.full.WholeModel;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;

/** Chosen layers and modules train, in fp32 unless the request keeps the checkpoint's dtype; the rest is frozen. */
public final class FreezeTuning implements TuningMethod {
    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public Adapter install(Decoder decoder, TuningRequest request) {
        FreezeSelection selection = FreezeSelection.of(decoder, request.freeze());
        Trainable.mark(decoder, selection::trains, request.pureBf16());
        return new WholeModel(decoder);
    }
}
