package dev.finetune4j.adapters.lora;

import dev.finetune4j.adapters.peft.ExpertStacks;
import dev.finetune4j.adapters.peft.PeftConfig;
import dev.finetune4j.adapters.peft.PeftFolder;
import dev.finetune4j.adapters.peft.SavedModules;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Low-rank updates in the slots of a decoder's linear maps, and modules trained whole beside them. */
final class LoraAdapter implements Adapter {
    private final Decoder decoder;
    private final PeftConfig config;
    private final List<Linear> adapted;
    private final SavedModules saved;
    private boolean on = true;
    private boolean merged;

    /**
     * @param adapted maps whose slots hold a {@link LoraDelta} already
     * @param saved modules already replaced by copies
     */
    LoraAdapter(Decoder decoder, PeftConfig config, List<Linear> adapted, SavedModules saved) {
        this.decoder = decoder;
        this.config = config;
        this.adapted = List.copyOf(adapted);
        this.saved = saved;
    }

    @Override
    public List<Parameter> parameters() {
        return decoder.parameters().trainable();
    }

    @Override
    public void enabled(boolean wanted) {
        if (wanted != on && !merged) {
            adapted.forEach(linear -> linear.adapterOn(wanted));
            saved.exchange();
            on = wanted;
        }
    }

    @Override
    public boolean enabled() {
        return on;
    }

    @Override
    public boolean separable() {
        return true;
    }

    @Override
    public void save(Path folder) {
        if (merged) {
            throw new IllegalStateException("the adapter was merged into the model; nothing is left to save");
        }
        boolean wasOn = on;
        enabled(true);
        try {
            List<Item> items = new ArrayList<>(ExpertStacks.of(adapted).items());
            factors().forEach(parameter -> items.add(Item.of(parameter)));
            items.addAll(saved.items());
            items.sort(java.util.Comparator.comparing(Item::name));
            PeftFolder.write(folder, config, items);
        } finally {
            enabled(wasOn);
        }
    }

    /** Those that a file holds as they are. */
    private List<Parameter> factors() {
        List<Parameter> factors = new ArrayList<>();
        adapted.stream()
                .filter(linear -> ExpertStacks.tensor(linear) == null)
                .forEach(linear -> factors.addAll(delta(linear).parameters()));
        return factors;
    }

    private static LinearAdapter delta(Linear linear) {
        return java.util.Objects.requireNonNull(linear.adapter(), linear::name);
    }

    @Override
    public void merge() {
        if (merged) {
            return;
        }
        enabled(true);
        for (Linear linear : adapted) {
            LinearAdapter delta = delta(linear);
            delta.merge(linear);
            linear.adapter(null);
            delta.parameters().forEach(parameter -> decoder.parameters().remove(parameter.name()));
        }
        saved.settle();
        merged = true;
    }
}
