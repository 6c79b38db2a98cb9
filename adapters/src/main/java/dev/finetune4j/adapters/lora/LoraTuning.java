package dev.finetune4j.adapters.lora;

import dev.finetune4j.adapters.peft.ExpertStacks;
import dev.finetune4j.adapters.peft.PeftConfig;
import dev.finetune4j.adapters.peft.PeftNames;
import dev.finetune4j.adapters.peft.PeftTargets;
import dev.finetune4j.adapters.peft.SavedModules;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Freezes the model and learns low-rank updates beside it. Stored adapters come first: all but the last are merged into the
 * model, and the last one is trained on with its own rank, scale, dropout and targets; or all are merged and a fresh adapter
 * is made.
 */
public final class LoraTuning implements TuningMethod {
    @Override
    public String name() {
        return "lora";
    }

    @Override
    public Adapter install(Decoder decoder, TuningRequest request) {
        List<StoredLora> stored = open(decoder, request.adapterFolders());
        try {
            boolean resume = !stored.isEmpty() && !request.createNewAdapter();
            if (!resume) {
                Fresh.check(decoder, request);
            }
            decoder.parameters().all().forEach(parameter -> parameter.trainable(false));
            for (StoredLora adapter : stored.subList(0, resume ? stored.size() - 1 : stored.size())) {
                adapter.install(false).merge();
            }
            return resume
                    ? stored.get(stored.size() - 1).install(request.pureBf16())
                    : new Fresh(decoder, request).install();
        } finally {
            stored.forEach(StoredLora::close);
        }
    }

    /**
     * Merges stored adapters into a model's own weights, in order, as evaluation and export use them. The model is unchanged
     * if one of them does not fit.
     *
     * @throws dev.finetune4j.core.error.WeightException if an adapter does not fit the model
     */
    public static void mergeAll(Decoder decoder, List<Path> folders) {
        List<StoredLora> stored = open(decoder, folders);
        try {
            stored.forEach(adapter -> adapter.install(false).merge());
        } finally {
            stored.forEach(StoredLora::close);
        }
    }

    private static List<StoredLora> open(Decoder decoder, List<Path> folders) {
        List<StoredLora> stored = new ArrayList<>();
        try {
            folders.forEach(folder -> stored.add(StoredLora.open(decoder, folder)));
            return stored;
        } catch (RuntimeException e) {
            stored.forEach(StoredLora::close);
            throw e;
        }
    }

    /** An adapter that has learned nothing yet. */
    private static final class Fresh implements LoraInstaller.Factors {
        private final Decoder decoder;
        private final TuningRequest request;
        private final SavedModules saved;
        private final FreshFactors factors;

        Fresh(Decoder decoder, TuningRequest request) {
            this.decoder = decoder;
            this.request = request;
            this.saved = SavedModules.fresh(decoder, request.additionalTarget(), request.carriesTables());
            this.factors = new FreshFactors(request.seed(), decoder.device());
        }

        /** Throws what {@link #install} would, before anything is changed. */
        static void check(Decoder decoder, TuningRequest request) {
            SavedModules.fresh(decoder, request.additionalTarget(), request.carriesTables());
            ExpertStacks.of(selector(request).select(decoder));
        }

        LoraAdapter install() {
            List<Linear> adapted = new ArrayList<>(selector(request).select(decoder));
            adapted.removeIf(saved::contain);
            PeftConfig config = config(adapted);
            LoraInstaller installer = new LoraInstaller(decoder, config, request.pureBf16());
            adapted.forEach(linear -> installer.install(linear, this));
            saved.install(request.pureBf16());
            return new LoraAdapter(decoder, config, adapted, saved);
        }

        private static ModuleSelector selector(TuningRequest request) {
            return new ModuleSelector("lora_target", request.lora().targets());
        }

        private PeftConfig config(List<Linear> adapted) {
            TuningRequest.Lora lora = request.lora();
            return new PeftConfig(
                    request.baseModel(),
                    lora.rank(),
                    lora.alpha(),
                    lora.dropout(),
                    lora.rankStabilised(),
                    PeftTargets.of(modules(adapted), ExpertStacks.of(adapted).targets(decoder)),
                    Map.of(),
                    Map.of(),
                    saved.configNames(request.additionalTarget()),
                    saved.tied(),
                    decoder.config().stored().transposed(),
                    "");
        }

        /** The wished names, of {@code all} the last parts of names; without those that mean stacked experts only. */
        private List<String> modules(List<Linear> adapted) {
            List<Linear> own = adapted.stream()
                    .filter(linear -> ExpertStacks.tensor(linear) == null)
                    .toList();
            if (selector(request).isAll()) {
                return own.stream().map(Linear::shortName).distinct().toList();
            }
            return request.lora().targets().stream()
                    .filter(name -> own.size() == adapted.size()
                            || own.stream().anyMatch(linear -> ModuleSelector.matches(linear.name(), name)))
                    .toList();
        }

        @Override
        public Tensor a(Linear linear, long rank, long in, DType dtype) {
            return factors.a(PeftNames.loraA(linear.name()), rank, in, dtype);
        }

        @Override
        public Tensor b(Linear linear, long out, long rank, DType dtype) {
            return factors.b(out, rank, dtype);
        }
    }
}
