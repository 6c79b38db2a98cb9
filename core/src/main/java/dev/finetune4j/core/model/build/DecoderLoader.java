package dev.finetune4j.core.model.build;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.vocabulary.VocabularyResize;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.Objects;
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
    private final Holding holding;

    /** In which dtype a parameter is held. */
    @FunctionalInterface
    public interface Holding {
        /** As the checkpoint holds it. */
        Holding AS_STORED = (name, shape, stored) -> stored;

        /** @param stored dtype in the checkpoint */
        DType dtype(String name, long[] shape, DType stored);
    }

    public DecoderLoader(ModelConfig config, ComputePolicy policy, AttentionKernel kernel, Device device) {
        this(config, policy, kernel, device, Holding.AS_STORED);
    }

    public DecoderLoader(
            ModelConfig config, ComputePolicy policy, AttentionKernel kernel, Device device, Holding holding) {
        this.config = config;
        this.policy = policy;
        this.kernel = kernel;
        this.device = device;
        this.holding = holding;
    }

    /**
     * Loads the weights of a model folder.
     *
     * @throws WeightException one for all tensors that are missing, extra or of another shape than the config says
     */
    public Decoder load(Path folder) {
        return load(folder, VocabularyResize.NONE);
    }

    /**
     * The same for a model that gets rows for new tokens.
     *
     * @param resize rows, of which this loader's config has as many as the model gets
     */
    public Decoder load(Path folder, VocabularyResize resize) {
        JsonNode quantized = config.raw().path("quantization_config");
        if (quantized.isObject()) {
            throw new WeightException(folder + ": the weights are quantized ("
                    + quantized.path("quant_method").asText("by no named method")
                    + "), which this version does not read. Take the model's copy in bfloat16 or float16.");
        }
        try (WeightSource source = WeightFolder.open(folder)) {
            return load(source, folder, resize);
        }
    }

    private Decoder load(WeightSource source, Path folder, VocabularyResize resize) {
        CheckpointTensors tensors = CheckpointTensors.of(config, resize, source, folder);
        DecoderLoader loader = new DecoderLoader(tensors.config(), policy, kernel, device, holding);
        return loader.build(
                name -> tensors.entry(name).dtype(),
                (name, memory) -> source.readInto(tensors.stored(name), resize.stored(config, name, memory)),
                resize);
    }

    private interface Filler {
        void fill(String name, Tensor memory);
    }

    private Decoder build(Function<String, DType> stored, Filler filler, VocabularyResize resize) {
        ModelShapes shapes = ModelShapes.of(config);
        Function<String, DType> dtypes =
                name -> holding.dtype(name, Objects.requireNonNull(shapes.all().get(name), name), stored.apply(name));
        ParameterStore store = new ParameterStore();
        try (Placement placement = new Placement(shapes, dtypes, device)) {
            for (String name : shapes.all().keySet()) {
                try (Scope scope = Scope.open("load " + name)) {
                    Parameter parameter = store.add(new Parameter(name, placement.place(name)));
                    filler.fill(name, parameter.value());
                }
            }
            resize.fill(config, store);
            return new DecoderBuilder(config, policy, kernel).build(store, device);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** A decoder with fresh weights in the dtype of its config, drawn from {@code seed} and each parameter's name. */
    public Decoder fresh(long seed) {
        return fresh(seed, VocabularyResize.NONE);
    }

    /** The same for a model that gets rows for new tokens. */
    public Decoder fresh(long seed, VocabularyResize resize) {
        FreshWeights weights = new FreshWeights(config, seed);
        DType stored = config.storedDType();
        DType dtype = stored.isFloating() ? stored : DType.FLOAT32;
        return build(name -> dtype, (name, memory) -> memory.copy_(weights.tensor(name, memory.shape())), resize);
    }
}
