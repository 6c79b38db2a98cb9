package dev.finetune4j.finetune;

import java.util.List;

/** LoRA's settings, for {@link FineTuneBuilder#lora}. */
public final class LoraBuilder {
    private final FineTuneBuilder parent;

    LoraBuilder(FineTuneBuilder parent) {
        this.parent = parent;
    }

    /** Rank r of the update; {@code lora_rank}. */
    public LoraBuilder rank(int rank) {
        return set("lora_rank", rank);
    }

    /** Numerator of the scale α/r; {@code lora_alpha}. */
    public LoraBuilder alpha(double alpha) {
        return set("lora_alpha", alpha);
    }

    /** Drop probability on the adapter's input; {@code lora_dropout}. */
    public LoraBuilder dropout(double dropout) {
        return set("lora_dropout", dropout);
    }

    /** Names of the linear maps to adapt, or {@code all}; {@code lora_target}. */
    public LoraBuilder target(String... modules) {
        return set("lora_target", List.of(modules));
    }

    /** Scale by α/√r; {@code use_rslora}. */
    public LoraBuilder rankStabilised(boolean on) {
        return set("use_rslora", on);
    }

    /** Modules trained whole beside the adapter; {@code additional_target}. */
    public LoraBuilder additionalTarget(String... modules) {
        return set("additional_target", List.of(modules));
    }

    private LoraBuilder set(String key, Object value) {
        parent.set(key, value);
        return this;
    }
}
