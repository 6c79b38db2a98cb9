package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.data.PackingArguments;
import dev.finetune4j.core.config.data.TokenizingArguments;
import dev.finetune4j.core.config.finetuning.Compat;
import dev.finetune4j.core.config.training.BatchArguments;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.Packing;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.batch.limit.Overlong;
import dev.finetune4j.data.dataset.Mixing;
import dev.finetune4j.data.hub.HubDataFiles;
import dev.finetune4j.data.template.TemplateOptions;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says a run's wishes about data in the terms of the data module. */
final class DataRequests {
    private DataRequests() {}

    static DataRequest of(FineTuneArguments arguments, MemorySets memory) {
        DataArguments data = arguments.data();
        TokenizingArguments tokenizing = data.tokenizing();
        boolean compatible = arguments.finetuning().compat() == Compat.LLAMAFACTORY;
        return new DataRequest(
                arguments.finetuning().stage().name().toLowerCase(Locale.ROOT),
                new DataRequest.Sources(
                        data.datasetDir(),
                        data.dataset(),
                        data.evalDataset(),
                        sampling(arguments),
                        new HubDataFiles(RunHubs.of(arguments)),
                        memory.catalog()),
                rendering(arguments, compatible),
                handling(arguments, compatible));
    }

    private static DataRequest.Sampling sampling(FineTuneArguments arguments) {
        DataArguments data = arguments.data();
        return new DataRequest.Sampling(
                data.maxSamples(),
                data.valSize(),
                data.evalOnEachDataset(),
                arguments.training().batch().seed(),
                new DataRequest.Mix(
                        Mixing.valueOf(data.mixing().mixStrategy().name()),
                        data.mixing().probabilities()));
    }

    private static DataRequest.Rendering rendering(FineTuneArguments arguments, boolean compatible) {
        DataArguments data = arguments.data();
        String template = data.template();
        TokenizingArguments tokenizing = data.tokenizing();
        return new DataRequest.Rendering(
                template == null ? RunHubs.defaultTemplate(arguments) : template,
                options(data, compatible),
                new LengthLimit(
                        tokenizing.cutoffLen(),
                        Overlong.valueOf(tokenizing.cutoffPolicy().name())),
                packing(data.packing()),
                new Masking(tokenizing.trainOnPrompt(), tokenizing.maskHistory(), compatible));
    }

    private static TemplateOptions options(DataArguments data, boolean compatible) {
        TemplateOptions options = new TemplateOptions(
                        data.defaultSystem(),
                        data.toolFormat(),
                        data.thinking().enableThinking().wish(),
                        data.thinking().preserveThinking())
                .likeLlamaFactory(compatible);
        String day = data.templateDate();
        return day == null ? options : options.date(LocalDate.parse(day));
    }

    private static DataRequest.Handling handling(FineTuneArguments arguments, boolean compatible) {
        TokenizingArguments tokenizing = arguments.data().tokenizing();
        Path kept = tokenizing.tokenizedPath();
        return new DataRequest.Handling(
                groups(tokenizing, compatible),
                new DataRequest.InvalidRows(
                        DataRequest.InvalidRows.Policy.valueOf(
                                tokenizing.invalidRows().name()),
                        tokenizing.maxInvalidShare()),
                kept == null ? null : new DataRequest.Cache(kept, tokenizing.overwriteCache()),
                arguments.data().mixing().streaming() ? stream(arguments) : null);
    }

    /** Null where nothing trains: what is evaluated is read to its end. */
    private static DataRequest.@Nullable Stream stream(FineTuneArguments arguments) {
        if (!arguments.training().trains()) {
            return null;
        }
        BatchArguments batch = arguments.training().batch();
        int rows = Math.multiplyExact(
                batch.maxSteps(),
                Math.multiplyExact(batch.perDeviceTrainBatchSize(), batch.gradientAccumulationSteps()));
        return new DataRequest.Stream(arguments.data().mixing().bufferSize(), rows);
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
        return new DataRequest.Groups(tokenizing.preprocessingBatchSize(), shards, workers);
    }
}
