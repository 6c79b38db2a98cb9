package dev.finetune4j.adapters.lora;

import dev.finetune4j.adapters.peft.ExpertStack;
import dev.finetune4j.adapters.peft.ExpertStacks;
import dev.finetune4j.adapters.peft.PeftConfig;
import dev.finetune4j.adapters.peft.PeftFolder;
import dev.finetune4j.adapters.peft.PeftNames;
import dev.finetune4j.adapters.peft.PeftTargets;
import dev.finetune4j.adapters.peft.SavedModules;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A LoRA folder that was found to fit a model, and has not changed it yet. Owns the open folder until {@link #close}. */
final class StoredLora implements AutoCloseable {
    private final Decoder decoder;
    private final PeftFolder folder;
    private final List<Linear> adapted;

    private StoredLora(Decoder decoder, PeftFolder folder, List<Linear> adapted) {
        this.decoder = decoder;
        this.folder = folder;
        this.adapted = adapted;
    }

    /**
     * Opens a folder and holds it against the model.
     *
     * @throws WeightException if it does not fit
     */
    static StoredLora open(Decoder decoder, Path path) {
        PeftFolder opened = PeftFolder.open(path);
        try {
            PeftFolder folder = opened.of(decoder.config());
            SavedModules saved = saved(decoder, folder, path);
            List<Linear> adapted = adapted(decoder, folder, saved);
            if (adapted.isEmpty() && saved.isEmpty()) {
                throw new WeightException(
                        path + ": the adapter's target_modules and target_parameters name no module of this model.");
            }
            folder.require(places(folder, adapted, saved), saved.tables());
            return new StoredLora(decoder, folder, adapted);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static SavedModules saved(Decoder decoder, PeftFolder folder, Path path) {
        try {
            return SavedModules.stored(decoder, folder);
        } catch (ConfigException e) {
            throw new WeightException(path + ": its modules_to_save do not fit this model. " + e.getMessage(), e);
        }
    }

    private static List<Linear> adapted(Decoder decoder, PeftFolder folder, SavedModules saved) {
        PeftTargets targets = folder.config().targets();
        List<Linear> adapted = new ArrayList<>();
        for (Linear linear : decoder.linears()) {
            String stack = ExpertStacks.tensor(linear);
            boolean chosen = stack == null ? targets.match(linear.name()) : targets.matchParameter(stack);
            if (chosen && !saved.contain(linear)) {
                adapted.add(linear);
            }
        }
        return new OwnExperts(folder.entries().keySet()).without(adapted);
    }

    private static Map<String, long[]> places(PeftFolder folder, List<Linear> adapted, SavedModules saved) {
        PeftConfig config = folder.config();
        Map<String, long[]> places =
                new LinkedHashMap<>(ExpertStacks.of(adapted).places(folder));
        for (Linear linear : adapted) {
            if (ExpertStacks.tensor(linear) != null) {
                continue;
            }
            long[] shape = LoraInstaller.shape(linear);
            long rank = config.rankOf(linear.name());
            places.put(PeftNames.loraA(linear.name()), new long[] {rank, shape[1]});
            places.put(PeftNames.loraB(linear.name()), new long[] {shape[0], rank});
        }
        places.putAll(saved.places());
        return places;
    }

    /** Fills the model's slots; the adapter is on and trainable. */
    LoraAdapter install(boolean pureBf16) {
        LoraInstaller installer = new LoraInstaller(decoder, folder.config(), pureBf16);
        FromFile factors = new FromFile();
        adapted.forEach(linear -> installer.install(linear, factors));
        SavedModules saved = SavedModules.stored(decoder, folder);
        saved.install(pureBf16);
        return new LoraAdapter(decoder, folder.config(), adapted, saved);
    }

    private final class FromFile implements LoraInstaller.Factors {
        private final ExpertStacks stacks = ExpertStacks.of(adapted);

        @Override
        public Tensor a(Linear linear, long rank, long in, DType dtype) {
            ExpertStack stack = stacks.of(linear);
            return own(
                    stack == null
                            ? folder.read(PeftNames.loraA(linear.name()))
                            : stacks.a(folder, stack, linear).contiguous(),
                    dtype);
        }

        @Override
        public Tensor b(Linear linear, long out, long rank, DType dtype) {
            ExpertStack stack = stacks.of(linear);
            return own(
                    stack == null
                            ? folder.read(PeftNames.loraB(linear.name()))
                            : stacks.b(folder, stack, linear).contiguous(),
                    dtype);
        }

        private Tensor own(Tensor stored, DType dtype) {
            Tensor copy = Torch.copy(stored, dtype);
            return decoder.device().isCuda() ? copy.to(decoder.device().toNative(), dtype.scalarType()) : copy;
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
