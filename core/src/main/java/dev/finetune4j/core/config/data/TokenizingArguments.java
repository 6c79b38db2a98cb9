package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * How rows become tokens and labels.
 *
 * @param cutoffLen most tokens of a sample; longer rows are cut, shared between prompt and response by their lengths; ≥
 *     1. Default: 2048
 * @param trainOnPrompt give prompt tokens labels too; only for {@code stage: sft}. Default: false
 * @param maskHistory give only the last turn labels, and take it first when cutting; only for {@code stage: sft}.
 *     Default: false
 * @param preprocessingBatchSize rows that packing and block building see at a time, so it changes which rows share a
 *     block; ≥ 1. Default: 1000
 * @param preprocessingNumWorkers Python's encoding processes; rows are encoded on the fly here. Default: none
 * @param overwriteCache ignore cached encodings; none are kept between runs. Default: false
 * @param dataSharedFileSystem which process encodes first; there is one process. Default: false
 */
public record TokenizingArguments(
        @Default("2048") int cutoffLen,
        @Default("false") boolean trainOnPrompt,
        @Default("false") boolean maskHistory,
        @Default("1000") int preprocessingBatchSize,

        @Equivalent("rows are encoded by this process, in order") @Nullable
        Integer preprocessingNumWorkers,

        @Equivalent("no encodings are kept between runs, so there is nothing to overwrite") @Default("false")
        boolean overwriteCache,

        @Equivalent("one process reads and encodes the data") @Default("false")
        boolean dataSharedFileSystem) {
    public TokenizingArguments {
        new Check()
                .atLeast("cutoff_len", cutoffLen, 1)
                .atLeast("preprocessing_batch_size", preprocessingBatchSize, 1)
                .atLeast("preprocessing_num_workers", preprocessingNumWorkers, 1)
                .done();
    }
}
