package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.data.PackingArguments;
import dev.finetune4j.core.config.data.TokenizingArguments;
import dev.finetune4j.core.config.finetuning.Compat;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.Packing;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.template.TemplateOptions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says a run's wishes about data in the terms of the data module. */
final class DataRequests {
    private DataRequests() {}

    static DataRequest of(FineTuneArguments arguments) {
        DataArguments data = arguments.data();
        TokenizingArguments tokenizing = data.tokenizing();
        boolean compatible = arguments.finetuning().compat() == Compat.LLAMAFACTORY;
        return new DataRequest(
                arguments.finetuning().stage().name().toLowerCase(Locale.ROOT),
                data.datasetDir(),
                data.dataset(),
                data.evalDataset(),
                data.template(),
                new TemplateOptions(
                        data.defaultSystem(),
                        data.toolFormat(),
                        TemplateOptions.DEFAULTS.enableThinking(),
                        TemplateOptions.DEFAULTS.preserveThinking()),
                tokenizing.cutoffLen(),
                packing(data.packing()),
                new Masking(tokenizing.trainOnPrompt(), tokenizing.maskHistory(), compatible),
                new DataRequest.Sampling(
                        data.maxSamples(),
                        data.valSize(),
                        data.evalOnEachDataset(),
                        arguments.training().batch().seed()),
                groups(tokenizing, compatible));
    }

    private static @Nullable Packing packing(PackingArguments packing) {
        if (packing.neatPacking()) {
            return Packing.NEAT;
        }
        Boolean plain = packing.packing();
        return plain == null ? null : plain ? Packing.PLAIN : Packing.NONE;
    }

    /** LLaMA-Factory's workers each pack their own share of the rows, so their number changes which rows share a block. */
    private static DataRequest.Groups groups(TokenizingArguments tokenizing, boolean compatible) {
        Integer workers = tokenizing.preprocessingNumWorkers();
        int shards = compatible && workers != null ? workers : 1;
        return new DataRequest.Groups(tokenizing.preprocessingBatchSize(), shards);
    }
}
