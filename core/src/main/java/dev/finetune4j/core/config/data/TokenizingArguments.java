package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How rows become tokens and labels.
 *
 * @param cutoffLen most tokens of a sample; ≥ 1. Default: 2048
 * @param cutoffPolicy what becomes of longer rows: {@code trim} cuts prompt and response by their lengths, {@code
 *     trim_prompt} only the prompt and {@code trim_answer} only the response as far as that suffices, {@code drop} leaves
 *     the row out, {@code error} stops. Blocks of packed pre-training cut no row. Default: trim
 * @param invalidRows what a row that cannot be used does: {@code skip} leaves it out and reports it, {@code fail} stops at
 *     the first, {@code collect} reads all and then stops with the whole account. Default: skip
 * @param maxInvalidShare share of rows that may be left out before the run stops; from 0 to 1. Default: 0.5
 * @param trainOnPrompt give prompt tokens labels too; only for {@code stage: sft}. Default: false
 * @param maskHistory give only the last turn labels, and take it first when cutting; only for {@code stage: sft}.
 *     Default: false
 * @param preprocessingBatchSize rows that packing and block building see at a time, so it changes which rows share a
 *     block; ≥ 1. Default: 1000
 * @param preprocessingNumWorkers threads that encode rows; the samples are the same for any number, unless {@code compat:
 *     llamafactory} asks for blocks that end with each worker's share; one a processor where absent;
 *     ≥ 1. Default: none
 * @param tokenizedPath folder in which the encoded rows are kept for later runs and for Python's {@code datasets}; made
 *     where it is missing, used where it fits the settings. Default: none
 * @param overwriteCache encode anew where {@code tokenized_path} has rows of other settings. Default: false
 * @param dataSharedFileSystem which process encodes first; there is one process. Default: false
 */
public record TokenizingArguments(
        @Default("2048") int cutoffLen,
        @Default("trim") CutoffPolicy cutoffPolicy,
        @Default("skip") InvalidRowPolicy invalidRows,
        @Default("0.5") double maxInvalidShare,
        @Default("false") boolean trainOnPrompt,
        @Default("false") boolean maskHistory,
        @Default("1000") int preprocessingBatchSize,
        @Nullable Integer preprocessingNumWorkers,
        @Nullable Path tokenizedPath,
        @Default("false") boolean overwriteCache,

        @Equivalent("one process reads and encodes the data") @Default("false")
        boolean dataSharedFileSystem) {
    public TokenizingArguments {
        new Check()
                .atLeast("cutoff_len", cutoffLen, 1)
                .between("max_invalid_share", maxInvalidShare, 0, 1)
                .atLeast("preprocessing_batch_size", preprocessingBatchSize, 1)
                .atLeast("preprocessing_num_workers", preprocessingNumWorkers, 1)
                .done();
    }
}
