package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.Compat;
import dev.finetune4j.core.config.training.BatchArguments;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.gguf.GgufFolder;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.vocabulary.VocabularyResize;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.NativeLoading;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.rebuild.TokenizerRebuild;
import dev.finetune4j.finetune.memory.ActivationPlan;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import dev.finetune4j.finetune.memory.TrainableCount;
import dev.finetune4j.finetune.rows.RunData;
import dev.finetune4j.finetune.rows.RunHubs;
import dev.finetune4j.training.rows.StepPlan;
import dev.finetune4j.training.walk.ActivationPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A run before its weights are read: everything that settings, config and rows decide. Owns the tokenizer. */
public final class Preparation implements AutoCloseable {
    private final RunRequest request;
    private final Path modelFolder;
    private final ModelConfig config;
    private final @Nullable String ropeNote;
    private final HeldDTypes held;
    private final RouterLoss routerLoss;
    private final OutputFolder output;
    private final RunData data;
    private final VocabularyPlan vocabulary;
    private final @Nullable StepPlan steps;
    private final Device device;
    private final TrainableCount trainable;
    private final Choices choices;

    private Preparation(RunRequest request, Path modelFolder, OutputFolder output) {
        FineTuneArguments arguments = request.arguments();
        this.request = request;
        this.modelFolder = modelFolder;
        this.output = output;
        RopeOverride.Outcome rope = RopeOverride.apply(ConfigFile.open(modelFolder), modelFolder, arguments);
        ModelConfig stored = rope.file().read();
        this.ropeNote = rope.note();
        this.held = HeldDTypes.of(arguments);
        this.routerLoss = RouterLoss.of(stored, arguments);
        requireShiftable(stored, arguments);
        // libtorch takes a second to load; rows, which never touch it, are encoded meanwhile. The tokenizer's library
        // comes
        // first, and every other waits for its turn. Not earlier: two threads that initialise classes of the binding
        // from
        // different ends can wait for each other for ever.
        HuggingFaceTokenizer.loadLibrary();
        CompletableFuture<Void> libtorch = CompletableFuture.runAsync(() -> NativeLoading.alone(Torch::load));
        this.data = RunData.open(arguments, request.memory(), modelFolder);
        try {
            this.vocabulary = VocabularyPlan.of(arguments, stored, data);
            this.config = vocabulary.grows() ? grown(rope.file()) : stored;
            this.trainable = TrainableCount.of(config, arguments, vocabulary.wholeModules());
            data.requireIdsBelow(config.sizes().vocabulary());
            this.steps = steps(arguments, data.train());
            if (steps != null) {
                output.requireStepsLeft(steps, arguments);
            }
            libtorch.join();
            this.device = Device.parse(arguments.training().device().wanted());
            this.choices = Choices.of(this);
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private ModelConfig grown(ConfigFile file) {
        String where = modelFolder.resolve("config.json").toString();
        return VocabularyResize.withRows(file, where, vocabulary.resize().rows())
                .read();
    }

    /**
     * Works out a run.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if settings, config, data or output folder do not allow it
     */
    public static Preparation of(RunRequest request) {
        return new Preparation(request, modelFolder(request.arguments()), OutputFolder.of(request.arguments()));
    }

    /**
     * The folder of the model to tune; that of a GGUF file is made from its metadata. Under {@code compat: llamafactory} it
     * holds the tokenizer that transformers makes of the file, since LLaMA-Factory is given such a folder.
     *
     * @throws ConfigException if the arguments name none
     */
    public static Path modelFolder(FineTuneArguments arguments) {
        String model = arguments.model().modelNameOrPath();
        if (model == null) {
            throw new ConfigException(new ConfigException.Problem(
                    "model_name_or_path",
                    "",
                    "",
                    "model_name_or_path is missing. Give the folder of the model to tune, or its name on a hub.",
                    ""));
        }
        Path found =
                RunHubs.of(arguments).modelFolder(model, arguments.model().hub().modelRevision());
        Path cache = arguments.model().hub().cacheDir();
        boolean likeLlamaFactory = arguments.finetuning().compat() == Compat.LLAMAFACTORY;
        return GgufFolder.file(found)
                .map(file -> likeLlamaFactory
                        ? GgufFolder.prepare(file, cache, "as transformers", TokenizerRebuild::fromGgufAsTransformers)
                        : GgufFolder.prepare(file, cache, TokenizerRebuild::fromGguf))
                .orElse(found);
    }

    private static @Nullable StepPlan steps(FineTuneArguments arguments, @Nullable EncodedRows train) {
        if (train == null) {
            return null;
        }
        BatchArguments batch = arguments.training().batch();
        return new StepPlan(
                train.count(),
                batch.perDeviceTrainBatchSize(),
                batch.gradientAccumulationSteps(),
                batch.numTrainEpochs(),
                batch.maxSteps());
    }

    public RunRequest request() {
        return request;
    }

    public FineTuneArguments arguments() {
        return request.arguments();
    }

    public Path modelFolder() {
        return modelFolder;
    }

    /** The model's config with the rope scaling and the rows that the run asks for. */
    public ModelConfig config() {
        return config;
    }

    /** What new tokens change. */
    public VocabularyPlan vocabulary() {
        return vocabulary;
    }

    /** What became of {@code rope_scaling}; null where it was not asked for. */
    @Nullable
    String ropeNote() {
        return ropeNote;
    }

    /** Whether training attends within shifted groups. */
    public boolean shiftsAttention() {
        return arguments().training().trains()
                && arguments().model().attention().shiftAttn();
    }

    private static void requireShiftable(ModelConfig config, FineTuneArguments arguments) {
        boolean chunks = config.attention().views().stream().anyMatch(view -> view.chunk() > 0);
        if (arguments.model().attention().shiftAttn()
                && (chunks || config.attention().sinks())) {
            throw new UnsupportedException(
                    "shift_attn: " + config.modelType()
                            + " attends with sinks or within chunks of its own, which shifted groups do not know. Leave it out.");
        }
    }

    /** Factor of the load-balancing loss of a mixture of experts; 0 for none. */
    public double routerLossCoefficient() {
        return routerLoss.coefficient();
    }

    RouterLoss routerLoss() {
        return routerLoss;
    }

    /** In which dtypes the weights are held. */
    public DecoderLoader.Holding holding() {
        return held;
    }

    HeldDTypes held() {
        return held;
    }

    /** Why the attention kernel is the one it is. */
    String kernelReason() {
        return choices.kernelReason();
    }

    public OutputFolder output() {
        return output;
    }

    public RunData data() {
        return data;
    }

    /** How many updates the run makes; null where it only evaluates. */
    public @Nullable StepPlan steps() {
        return steps;
    }

    public Device device() {
        return device;
    }

    TrainableCount trainable() {
        return trainable;
    }

    public long trainableParameters() {
        return trainable.parameters();
    }

    public Decisions decisions() {
        return choices.decisions();
    }

    public MemoryEstimate memory() {
        return choices.memory();
    }

    /** What each block keeps. */
    public List<ActivationPolicy> policies() {
        return ActivationPlan.policies(
                config.sizes().layers(),
                decisions().keptBlocks(),
                arguments().model().memory().policy());
    }

    /** The plan for people. */
    public String text() {
        return PlanText.of(this);
    }

    @Override
    public void close() {
        data.close();
    }
}
