package dev.finetune4j.core.model.build;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Loads a checkpoint into a decoder, one tensor at a time, as {@link Placement} lays the parameters out. The files are
 * closed when it returns.
 */
public final class DecoderLoader {
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
            return load(source, folder);
        }
    }

    private Decoder load(WeightSource source, Path folder) {
        CheckpointTensors tensors = CheckpointTensors.of(config, source, folder);
        DecoderLoader loader = new DecoderLoader(tensors.config(), policy, kernel, device);
        return loader.build(
                name -> tensors.entry(name).dtype(), (name, memory) -> source.readInto(tensors.stored(name), memory));
    }

    private interface Filler {
        void fill(String name, Tensor memory);
    }

    private Decoder build(Function<String, DType> dtypes, Filler filler) {
        ModelShapes shapes = ModelShapes.of(config);
        ParameterStore store = new ParameterStore();
        try (Placement placement = new Placement(shapes, dtypes, device)) {
            for (String name : shapes.all().keySet()) {
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
        FreshWeights weights = new FreshWeights(config.stored().initializerRange(), seed);
        return build(name -> DType.FLOAT32, (name, memory) -> memory.copy_(weights.tensor(name, memory.shape())));
    }
}
