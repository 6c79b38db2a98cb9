package dev.finetune4j.adapters.full;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.weights.Parameter;
import java.nio.file.Path;
import java.util.List;

/** Handle on a model that trains its own weights: nothing lies beside them that could be switched off, saved or merged. */
public final class WholeModel implements Adapter {
    private final Decoder decoder;

    public WholeModel(Decoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public List<Parameter> parameters() {
        return decoder.parameters().trainable();
    }

    @Override
    public void enabled(boolean on) {
        throw new IllegalStateException("the model's own weights train; there is no adapter to switch");
    }

    @Override
    public boolean enabled() {
        return true;
    }

    @Override
    public boolean separable() {
        return false;
    }

    @Override
    public void save(Path folder) {
        throw new IllegalStateException("the result is the whole model, which a model exporter writes");
    }

    @Override
    public void merge() {
        // What was learned is in the weights already.
    }
}
