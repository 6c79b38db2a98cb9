package dev.finetune4j.adapters.lora;

import dev.finetune4j.adapters.full.Trainable;
import dev.finetune4j.adapters.peft.ExpertStacks;
import dev.finetune4j.adapters.peft.PeftConfig;
import dev.finetune4j.adapters.peft.PeftNames;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;

/** Fills the slot of one linear map after the other, and adds the factors to the model's store. */
final class LoraInstaller {
    private final Decoder decoder;
    private final PeftConfig config;
    private final boolean pureBf16;

    /** Where the two factors of a map come from; tensors in the caller's scope, in any floating dtype. */
    interface Factors {
        Tensor a(Linear linear, long rank, long in, DType dtype);

        Tensor b(Linear linear, long out, long rank, DType dtype);
    }

    LoraInstaller(Decoder decoder, PeftConfig config, boolean pureBf16) {
        this.decoder = decoder;
        this.config = config;
        this.pureBf16 = pureBf16;
    }

    /** Shape of a map's matrix, {@code [out, in]}. */
    static long[] shape(Linear linear) {
        return new long[] {linear.weight().out(), linear.weight().in()};
    }

    void install(Linear linear, Factors factors) {
        long[] shape = shape(linear);
        int rank = config.rankOf(ExpertStacks.key(linear));
        DType dtype = Trainable.dtype(linear.weight().dtype(), pureBf16);
        try (Scope scope = Scope.open("install " + linear.name())) {
            Parameter a = add(PeftNames.loraA(linear.name()), factors.a(linear, rank, shape[1], dtype));
            Parameter b = add(PeftNames.loraB(linear.name()), factors.b(linear, shape[0], rank, dtype));
            linear.adapter(new LoraDelta(a, b, config.scaleOf(ExpertStacks.key(linear)), config.dropout()));
            linear.adapterOn(true);
        }
    }

    private Parameter add(String name, Tensor value) {
        Parameter parameter = decoder.parameters().add(new Parameter(name, value));
        parameter.trainable(true);
        return parameter;
    }
}
