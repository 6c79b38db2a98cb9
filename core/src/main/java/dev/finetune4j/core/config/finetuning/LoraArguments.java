package dev.finetune4j.core.config.finetuning;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.util.List;

/**
 * How much of each projection LoRA may change.
 *
 * @param loraRank rank r of the update; ≥ 1. Default: 8
 * @param loraAlpha numerator of the scale α/r; 0 means 2 × {@code lora_rank}. Default: 0
 * @param loraDropout drop probability on the adapter's input during training; in [0, 1). Default: 0
 * @param loraTarget module names, or {@code all} for every linear map except the head. Default: all
 * @param useRslora scale by α/√r instead of α/r. Default: false
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>
 * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski 2023, rank stabilisation</a>
 */
public record LoraArguments(
        @Default("8") int loraRank,
        @Default("0") double loraAlpha,
        @Default("0") double loraDropout,
        @Default("all") List<String> loraTarget,
        @Default("false") boolean useRslora) {
    /** Replaces an alpha of 0 by its meaning, so the accessor always returns the numerator in use. */
    public LoraArguments {
        new Check()
                .atLeast("lora_rank", loraRank, 1)
                .atLeast("lora_alpha", loraAlpha, 0)
                .inRange("lora_dropout", loraDropout, 0, 1)
                .that(!loraTarget.isEmpty(), "lora_target", loraTarget, "must name at least one module, or be all")
                .done();
        loraAlpha = loraAlpha == 0 ? 2.0 * loraRank : loraAlpha;
        loraTarget = List.copyOf(loraTarget);
    }

    /** The factor s of the update: α/r, or α/√r with rank stabilisation. */
    public double scale() {
        return loraAlpha / (useRslora ? Math.sqrt(loraRank) : loraRank);
    }
}
