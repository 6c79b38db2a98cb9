package dev.finetune4j.core.model;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.layers.AttentionKernel;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Loads a checkpoint into a decoder, one tensor at a time, as {@link Placement} lays the parameters out. The files are
 * closed when it returns.
 */
public final class DecoderLoader {
    private static final int LISTED = 10;

    private final ModelConfig config;
    private final ComputePolicy policy;
    private final AttentionKernel kernel;
    private final Device device;

    public DecoderLoader(ModelConfig config, ComputePolicy policy, AttentionKernel kernel, Device device) {
        this.config = config;
        this.policy = policy;
        this.kernel = kernel;
        this.device = device;
    }

    /**
     * Loads the weights of a model folder.
     *
     * @throws WeightException one for all tensors that are missing, extra or of another shape than the config says
     */
    public Decoder load(Path folder) {
        try (WeightSource source = WeightFolder.open(folder)) {
            check(config, source, folder);
            Map<String, WeightSource.Entry> entries = source.entries();
            return build(name -> Objects.requireNonNull(entries.get(name)).dtype(), source::readInto);
        }
    }

    private interface Filler {
        void fill(String name, Tensor memory);
    }

    private Decoder build(Function<String, DType> dtypes, Filler filler) {
        Map<String, long[]> shapes = DecoderBuilder.shapes(config);
        ParameterStore store = new ParameterStore();
        try (Placement placement = new Placement(shapes, dtypes, device)) {
            for (String name : shapes.keySet()) {
                try (Scope scope = Scope.open("load " + name)) {
                    Parameter parameter = store.add(new Parameter(name, placement.place(name)));
                    filler.fill(name, parameter.value());
                }
            }
            return new DecoderBuilder(config, policy, kernel).build(store, device);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** A decoder with fresh weights, drawn from {@code seed} and each parameter's name. */
    public Decoder fresh(long seed) {
        FreshWeights weights = new FreshWeights(config.initializerRange(), seed);
        return build(name -> DType.FLOAT32, (name, memory) -> memory.copy_(weights.tensor(name, memory.shape())));
    }

    /** Compares what a checkpoint holds with what its config needs; every difference goes into one message. */
    static void check(ModelConfig config, WeightSource source, Path folder) {
        Map<String, long[]> shapes = DecoderBuilder.shapes(config);
        List<String> problems = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            WeightSource.Entry entry = source.entries().get(name);
            if (entry == null) {
                problems.add("missing: " + name + " " + Arrays.toString(shape));
            } else if (!Arrays.equals(entry.shape(), shape)) {
                problems.add(name + ": expected " + Arrays.toString(shape) + ", found " + Arrays.toString(entry.shape())
                        + " " + entry.dtype().safetensorsName() + " in " + entry.file());
            } else if (!entry.dtype().isFloating()) {
                problems.add(name + ": stored as " + entry.dtype().safetensorsName()
                        + ", which is no floating-point format; quantized checkpoints are not available yet");
            }
        });
        source.entries().keySet().stream()
                .filter(name -> !shapes.containsKey(name) && !harmless(config, name))
                .forEach(name -> problems.add("not part of a " + config.modelType() + " model: " + name));
        if (!problems.isEmpty()) {
            int more = problems.size() - LISTED;
            throw new WeightException(folder + ": the weights do not match config.json (" + problems.size()
                    + " tensors):\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(LISTED, problems.size())))
                    + (more > 0 ? "\n  and " + more + " more" : ""));
        }
    }

    /** Rotary tables of old checkpoints, and the second copy of a tied matrix. */
    private static boolean harmless(ModelConfig config, String name) {
        return name.endsWith("rotary_emb.inv_freq") || (config.tied() && name.equals("lm_head.weight"));
    }
}
