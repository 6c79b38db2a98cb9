package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.SliceWeight;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The adapted maps whose matrices lie in tensors of stacked experts. PEFT adapts such a tensor as a whole, under
 * {@code target_parameters}; of several tensors of one module it wraps the module once for each, so that the last one has the
 * module's name and each one before lies a {@code base_layer} deeper.
 */
public final class ExpertStacks {
    static final String INNER = ".base_layer";

    private final Map<String, ExpertStack> byTensor = new LinkedHashMap<>();

    private ExpertStacks() {}

    /**
     * Of the maps that an adapter changes.
     *
     * @throws ConfigException if only some of the experts of a tensor are among them
     */
    public static ExpertStacks of(List<Linear> adapted) {
        Map<String, List<Linear>> maps = new LinkedHashMap<>();
        for (Linear map : adapted) {
            String tensor = tensor(map);
            if (tensor != null) {
                maps.computeIfAbsent(tensor, name -> new ArrayList<>()).add(map);
            }
        }
        maps.forEach(ExpertStacks::requireAll);
        ExpertStacks stacks = new ExpertStacks();
        Map<String, String> modules = modules(new ArrayList<>(maps.keySet()));
        maps.forEach((tensor, experts) ->
                stacks.byTensor.put(tensor, new ExpertStack(modules.getOrDefault(tensor, tensor), experts)));
        return stacks;
    }

    /** Name of the tensor of stacked experts that a map's matrix lies in; null where it has a matrix of its own. */
    public static @Nullable String tensor(Linear map) {
        return map.weight() instanceof SliceWeight slice ? slice.stack().name() : null;
    }

    private static void requireAll(String tensor, List<Linear> maps) {
        long count = ((SliceWeight) maps.get(0).weight()).stack().shape()[0];
        if (maps.size() != count) {
            String text = "lora_target: the experts of " + tensor
                    + " are stored as one tensor, whose adapters PEFT's format"
                    + " keeps as one as well, so they are adapted all or not at all; chosen are " + maps.size() + " of "
                    + count + ". Name their maps without a number: "
                    + maps.get(0).shortName() + ".";
            throw new ConfigException(List.of(
                    new ConfigException.Problem("lora_target", maps.get(0).name(), "", text, "")));
        }
    }

    /** What PEFT calls the wrapper of each tensor. */
    private static Map<String, String> modules(List<String> tensors) {
        Map<String, String> modules = new HashMap<>();
        Map<String, String> wrapper = new HashMap<>();
        for (int i = tensors.size() - 1; i >= 0; i--) {
            String tensor = tensors.get(i);
            String owner = tensor.substring(0, tensor.lastIndexOf('.'));
            modules.put(tensor, wrapper.merge(owner, owner, (outer, same) -> outer + INNER));
        }
        return modules;
    }

    public Collection<ExpertStack> all() {
        return byTensor.values();
    }

    /** The stack that a map's matrix lies in, or null. */
    public @Nullable ExpertStack of(Linear map) {
        String tensor = tensor(map);
        return tensor == null ? null : byTensor.get(tensor);
    }

    /** The name by which a map's rank and alpha are looked up. */
    public static String key(Linear map) {
        String tensor = tensor(map);
        return tensor == null ? map.name() : tensor;
    }

    /** What {@code target_parameters} says of them: their names below a block. */
    public List<String> targets(Decoder decoder) {
        Names names = decoder.config().names();
        Set<String> targets = new LinkedHashSet<>();
        for (String tensor : byTensor.keySet()) {
            targets.add(tensor.substring(names.block(names.blockOf(tensor)).length() + 1));
        }
        return List.copyOf(targets);
    }

    List<StackLayout.Sides> sides() {
        return all().stream()
                .map(stack -> new StackLayout.Sides(
                        stack.loraA(), stack.size(StackLayout.FIRST), stack.size(StackLayout.LAST)))
                .toList();
    }

    /** All of them as a file holds them. */
    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        all().forEach(stack -> items.addAll(stack.items(StackLayout.WRITTEN)));
        return items;
    }

    /** Name and shape of what a file must hold for them. */
    public Map<String, long[]> places(PeftFolder folder) {
        Map<String, long[]> places = new LinkedHashMap<>();
        StackLayout layout = folder.layout(this);
        all().forEach(stack -> places.putAll(stack.places(folder.config().rankOf(stack.tensor()), layout)));
        return places;
    }

    /** A of a map out of a file, {@code [rank, in]}, possibly a view. */
    public Tensor a(PeftFolder folder, ExpertStack stack, Linear map) {
        return stack.a(folder, map, folder.layout(this));
    }

    /** B of a map out of a file, {@code [out, rank]}, possibly a view. */
    public Tensor b(PeftFolder folder, ExpertStack stack, Linear map) {
        return stack.b(folder, map, folder.layout(this));
    }
}
