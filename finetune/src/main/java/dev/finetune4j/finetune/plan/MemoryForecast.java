package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.config.model.MemoryArguments;
import dev.finetune4j.core.config.model.MemoryBudget;
import dev.finetune4j.core.model.build.ModelShapes;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.finetune.memory.ActivationPlan;
import dev.finetune4j.finetune.memory.BlockMemory;
import dev.finetune4j.finetune.memory.FreeMemory;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import dev.finetune4j.finetune.memory.TrainableCount;
import dev.finetune4j.finetune.rows.RunData;
import java.util.List;

/** Adds up the bytes of a run, from shapes and row lengths. */
final class MemoryForecast {
    /** Share of free memory that a run may take unless {@code memory_budget} says otherwise. */
    private static final double AUTO_SHARE = 0.5;

    private static final long MAPS_ON_TAPE = 6;

    private final Preparation run;
    private final ModelConfig config;
    private final BlockMemory block;
    private final BlockMemory traced;
    private final long loaded;
    private final long learning;
    private final long state;
    private final long headFixed;
    private final long headPerToken;
    private final long workspace;
    private final long largest;
    private final long budget;

    MemoryForecast(Preparation run, ComputePolicy policy, int chunk) {
        this.run = run;
        this.config = run.config();
        this.block = BlockMemory.of(config, policy, ranks(run));
        this.traced = run.arguments().model().memory().policy() == Activations.OFFLOAD
                ? block.offloaded(config, policy)
                : block;
        DType stored = run.held().most(config.storedDType());
        TrainableCount trainable = run.trainable();
        boolean asStored = run.arguments().finetuning().pureBf16() || run.held().all() != null;
        long trainedBytes = asStored ? stored.bytes() : 4;
        boolean raised = trainedBytes != stored.bytes();
        long own = trainable.parameters() - trainable.beside();
        this.loaded = ModelShapes.parameters(config) * stored.bytes()
                + (raised ? own * (trainedBytes - stored.bytes()) : 0)
                + trainable.beside() * trainedBytes;
        this.learning = trainable.parameters() * 4;
        boolean moments = !run.arguments().training().optimization().optim().equals("sgd");
        this.state = moments ? trainable.parameters() * 2 * trainedBytes : 0;
        long vocabulary = config.sizes().vocabulary();
        long hidden = config.sizes().hidden();
        this.headFixed = chunk
                * vocabulary
                * (4L
                        + (policy.product() == DType.FLOAT32
                                ? 0
                                : 2L * policy.product().bytes()));
        this.headPerToken = hidden * 4L * 5;
        this.largest = ModelShapes.of(config).all().values().stream()
                .mapToLong(MemoryForecast::matrix)
                .max()
                .orElse(0);
        this.workspace =
                stored == policy.product() ? 0 : largest * policy.product().bytes();
        this.budget = budget();
    }

    /** Values of a tensor, or of one matrix of a stack. */
    private static long matrix(long[] shape) {
        return shape.length == 3 ? shape[1] * shape[2] : ModelShapes.elements(shape);
    }

    /** Ranks of the adapters of a block whose products lie on its tape: those of all maps but the last. */
    private static long ranks(Preparation run) {
        if (run.trainable().beside() == 0) {
            return 0;
        }
        List<String> targets = run.arguments().finetuning().lora().loraTarget();
        long maps = targets.contains(ModuleSelector.ALL)
                ? MAPS_ON_TAPE
                : targets.stream()
                        .filter(target -> !target.endsWith("down_proj"))
                        .count();
        return maps * run.arguments().finetuning().lora().loraRank();
    }

    private long budget() {
        MemoryBudget wish = run.arguments().model().memory().memoryBudget();
        long free = run.device().isCuda() ? 0 : FreeMemory.bytes();
        return wish == null ? (long) (AUTO_SHARE * free) : wish.bytes(free);
    }

    /** Everything of a step but activations. */
    private long fixed() {
        boolean whole = run.trainable().parameters() > run.trainable().beside();
        return MemoryEstimate.PROCESS + loaded + learning + state + headFixed + workspace + (whole ? largest * 4 : 0);
    }

    ActivationPlan activations() {
        MemoryArguments wish = run.arguments().model().memory();
        int lowest = run.trainable().lowestBlock();
        EncodedRows rows = run.data().train();
        if (rows == null) {
            return new ActivationPlan(config.sizes().layers(), lowest, 0, ActivationPlan.UNDIVIDED);
        }
        ActivationPlan.Load load =
                new ActivationPlan.Load(Math.max(0, budget - fixed()), largestBatch(), longest(rows), headPerToken);
        ActivationPlan plan =
                ActivationPlan.choose(wish.policy(), config.sizes().layers(), lowest, traced, load);
        return run.routerLossCoefficient() == 0 ? plan : plan.undivided();
    }

    /** The split that the checkpoint was written with. */
    ActivationPlan as(Decisions earlier) {
        return new ActivationPlan(
                config.sizes().layers(), run.trainable().lowestBlock(), earlier.keptBlocks(), earlier.tokensPerWalk());
    }

    private int limit() {
        return run.arguments().data().tokenizing().cutoffLen();
    }

    private int longest(EncodedRows rows) {
        return rows.streams() ? limit() : rows.statistics().longest();
    }

    private long largestBatch() {
        EncodedRows rows = run.data().train();
        boolean shuffled = !run.arguments().finetuning().disableShuffling();
        int size = run.arguments().training().batch().perDeviceTrainBatchSize();
        return rows == null ? 0 : RunData.largestBatch(rows, size, shuffled, limit());
    }

    MemoryEstimate estimate(ActivationPlan activations) {
        long load = MemoryEstimate.PROCESS + loaded;
        long train = run.data().train() == null ? 0 : fixed() + activations.bytes(traced, largestBatch(), headPerToken);
        long evaluated = 0;
        int size = run.arguments().training().batch().perDeviceEvalBatchSize();
        for (EncodedRows rows : run.data().evaluation().values()) {
            long tokens = Math.min(RunData.largestBatch(rows, size, false, limit()), activations.tokensPerWalk());
            evaluated = Math.max(evaluated, tokens * (block.again() + block.work() + headPerToken));
        }
        long evaluate =
                run.data().evaluation().isEmpty() ? 0 : load + learning + state + headFixed + workspace + evaluated;
        // Gradients keep their memory between steps.
        long save = load + learning + state + largest * 4;
        return new MemoryEstimate(load, train, evaluate, save, budget);
    }
}
