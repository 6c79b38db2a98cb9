package dev.finetune4j.finetune.run;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FinetuningArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.model.InferDType;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.shifted.ShiftedAttention;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.rows.RunHubs;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Brings the model into memory and makes what trains. */
final class ModelLoading {
    private ModelLoading() {}

    /** The attention kernel of a run. */
    static AttentionKernel kernel(Preparation run) {
        AttentionKernel kernel = AttentionKernels.named(run.decisions().attentionKernel());
        return run.shiftsAttention() ? new ShiftedAttention(kernel) : kernel;
    }

    /** The model of a run with the weights it starts from; the caller closes it. */
    static Decoder load(Preparation run, AttentionKernel kernel) {
        DecoderLoader loader =
                new DecoderLoader(run.config(), run.decisions().policy(), kernel, run.device(), run.holding());
        return run.arguments().model().trainFromScratch()
                ? loader.fresh(
                        run.arguments().training().batch().seed(),
                        run.vocabulary().resize())
                : loader.load(run.modelFolder(), run.vocabulary().resize());
    }

    /** Marks what trains, and fills adapter slots. */
    static Adapter install(Decoder decoder, Preparation run) {
        FineTuneArguments arguments = run.arguments();
        String name = arguments.finetuning().finetuningType().name().toLowerCase(Locale.ROOT);
        Adapter adapter = Plugins.named(TuningMethod.class, name).install(decoder, request(run));
        if (!arguments.model().adapterFolders().isEmpty()) {
            // Tables that an adapter brought along know nothing of tokens that are new in this run.
            run.vocabulary().resize().start(decoder.config(), decoder.parameters());
        }
        return adapter;
    }

    private static TuningRequest request(Preparation run) {
        FineTuneArguments arguments = run.arguments();
        FinetuningArguments tuning = arguments.finetuning();
        List<Path> adapters = arguments.model().adapterFolders();
        return new TuningRequest(
                RunHubs.modelName(arguments),
                new TuningRequest.Lora(
                        tuning.lora().loraRank(),
                        tuning.lora().loraAlpha(),
                        tuning.lora().loraDropout(),
                        tuning.lora().loraTarget(),
                        tuning.lora().useRslora()),
                new TuningRequest.Freeze(
                        tuning.freeze().freezeTrainableLayers(),
                        tuning.freeze().freezeTrainableModules(),
                        tuning.freeze().freezeExtraModules()),
                run.vocabulary().wholeModules(),
                adapters,
                tuning.adapter().createNewAdapter(),
                tuning.pureBf16() || isHeldAsAsked(arguments),
                arguments.training().batch().seed(),
                run.vocabulary().changesTables());
    }

    /** Whether {@code infer_dtype} says how the weights are held, so that none is raised for a training that never comes. */
    private static boolean isHeldAsAsked(FineTuneArguments arguments) {
        return !arguments.training().trains()
                && arguments.finetuning().finetuningType() != FinetuningType.LORA
                && arguments.model().precision().inferDtype() != InferDType.AUTO;
    }
}
