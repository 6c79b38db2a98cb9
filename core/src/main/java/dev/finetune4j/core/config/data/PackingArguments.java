package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.finetuning.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Whether rows share a block of {@code cutoff_len} tokens.
 *
 * @param packing fill blocks with several rows, which then see each other; unset means yes for {@code stage: pt} and no
 *     otherwise. Default: none
 * @param neatPacking packing in which no row sees another; turns packing on by itself; only for {@code stage: sft}.
 *     Default: false
 */
public record PackingArguments(
        @Nullable Boolean packing, @Default("false") boolean neatPacking) {
    /** Whether blocks are packed in {@code stage}. */
    public boolean packs(Stage stage) {
        return neatPacking || (packing == null ? stage == Stage.PT : packing);
    }

    /**
     * Whether packing was asked for rather than implied by the stage. LLaMA-Factory then encodes rows to one token less
     * than {@code cutoff_len}.
     */
    public boolean explicit() {
        return neatPacking || Boolean.TRUE.equals(packing);
    }
}
