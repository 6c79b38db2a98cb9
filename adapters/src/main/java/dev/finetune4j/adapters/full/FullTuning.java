package dev.finetune4j.adapters.full;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;

/** Every parameter trains, in fp32 unless the request keeps the checkpoint's dtype. */
public final class FullTuning implements TuningMethod {
    @Override
    public String name() {
        return "full";
    }

    @Override
    public Adapter install(Decoder decoder, TuningRequest request) {
        Trainable.mark(decoder, parameter -> true, request.pureBf16());
        return new WholeModel(decoder);
    }
}
