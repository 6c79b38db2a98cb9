package dev.finetune4j.finetune;

import java.util.List;

/** Freeze tuning's settings, for {@link FineTuneBuilder#freeze}. */
public final class FreezeBuilder {
    private final FineTuneBuilder parent;

    FreezeBuilder(FineTuneBuilder parent) {
        this.parent = parent;
    }

    /** How many layers train: the last ones, or the first for a negative number; {@code freeze_trainable_layers}. */
    public FreezeBuilder layers(int layers) {
        return set("freeze_trainable_layers", layers);
    }

    /** Modules of such a layer that train, or {@code all}; {@code freeze_trainable_modules}. */
    public FreezeBuilder modules(String... modules) {
        return set("freeze_trainable_modules", List.of(modules));
    }

    /** Modules outside the layers that train as well; {@code freeze_extra_modules}. */
    public FreezeBuilder extraModules(String... modules) {
        return set("freeze_extra_modules", List.of(modules));
    }

    private FreezeBuilder set(String key, Object value) {
        parent.set(key, value);
        return this;
    }
}
