package dev.finetune4j.training.optim;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import dev.finetune4j.core.weights.WeightSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Tensors and step counts of an optimizer, by parameter name and key such as {@code exp_avg}; owner of those tensors.
 * Confined to the training thread.
 */
public final class OptimizerState implements AutoCloseable {
    private static final String STEP = "step";

    private final Map<String, Map<String, Tensor>> tensors = new LinkedHashMap<>();
    private final Map<String, Long> steps = new LinkedHashMap<>();

    /** A tensor of the parameter's shape and dtype; zeros when first asked for. */
    public Tensor like(Parameter parameter, String key) {
        Map<String, Tensor> own = tensors.computeIfAbsent(parameter.name(), n -> new LinkedHashMap<>());
        return own.computeIfAbsent(
                key,
                k -> Scope.claim(Torch.zeros(parameter.dtype(), Torch.device(parameter.value()), parameter.shape())));
    }

    /** Counts one more update of a parameter and returns the count. */
    public long nextStep(Parameter parameter) {
        return steps.merge(parameter.name(), 1L, Long::sum);
    }

    public long step(String parameter) {
        return steps.getOrDefault(parameter, 0L);
    }

    /** Bytes of all tensors. */
    public long bytes() {
        return items().stream().mapToLong(Item::bytes).sum();
    }

    /** Everything, as {@code <parameter>.<key>} and {@code <parameter>.step}. */
    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        tensors.forEach((name, own) -> own.forEach((key, tensor) -> items.add(Item.of(name + "." + key, tensor))));
        // Counts are fp32 scalars as in torch's own optimizers, exact up to 2²⁴ updates.
        steps.forEach((name, step) -> items.add(new Item(
                name + "." + STEP,
                DType.FLOAT32,
                new long[0],
                () -> Torch.floats(new float[] {step}, Device.CPU).view(new long[0]))));
        return items;
    }

    /**
     * Takes up what {@link #items} wrote.
     *
     * @throws CheckpointException if a tensor belongs to no trainable parameter or has another shape
     */
    public void restore(WeightSource source, ParameterStore parameters) {
        close();
        for (Map.Entry<String, WeightSource.Entry> entry : source.entries().entrySet()) {
            int dot = entry.getKey().lastIndexOf('.');
            String name = entry.getKey().substring(0, Math.max(0, dot));
            String key = entry.getKey().substring(dot + 1);
            Parameter parameter = parameters.find(name);
            if (parameter == null || !parameter.trainable()) {
                throw new CheckpointException(entry.getValue().file() + ": holds optimizer state of " + name
                        + ", which this run does not train. Resume with the settings the checkpoint was written with.");
            }
            try (Scope scope = Scope.open("restore")) {
                restore(source, entry.getKey(), parameter, key);
            }
        }
    }

    private void restore(WeightSource source, String full, Parameter parameter, String key) {
        Tensor saved = source.read(full);
        if (key.equals(STEP)) {
            steps.put(parameter.name(), (long) Torch.toFloats(saved)[0]);
            return;
        }
        if (!Arrays.equals(saved.shape(), parameter.shape()) || DType.of(saved) != parameter.dtype()) {
            throw new CheckpointException(full + ": the checkpoint holds " + Arrays.toString(saved.shape()) + " "
                    + DType.of(saved) + ", the parameter is " + Arrays.toString(parameter.shape()) + " "
                    + parameter.dtype() + ". Resume with the settings the checkpoint was written with.");
        }
        like(parameter, key).copy_(saved);
    }

    @Override
    public void close() {
        tensors.values().forEach(own -> own.values().forEach(Tensor::close));
        tensors.clear();
        steps.clear();
    }
}
