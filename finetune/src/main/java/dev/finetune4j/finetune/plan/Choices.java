package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.runtime.Bf16SelfTest;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.finetune.memory.ActivationPlan;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import org.jspecify.annotations.Nullable;

/**
 * What self-tests and the memory budget decide for a run, and the memory that follows.
 *
 * @param decisions what the run keeps to
 * @param kernelReason why it keeps to its attention kernel
 * @param memory the forecast under these decisions
 */
record Choices(Decisions decisions, String kernelReason, MemoryEstimate memory) {
    private static final long HEAD_BYTES = 32L << 20;
    private static final int LEAST_CHUNK = 128;
    private static final int MOST_CHUNK = 1024;

    static Choices of(Preparation run) {
        Decisions earlier = run.output().resume() == null
                ? null
                : Decisions.of(run.output().resume().state().decisions());
        ComputePolicy policy = earlier == null ? policy(run) : earlier.policy();
        KernelChoice kernel = earlier == null
                ? KernelChoice.of(run, policy)
                : new KernelChoice(earlier.attentionKernel(), "as when the checkpoint was written");
        int chunk = chunk(run, earlier);
        MemoryForecast memory = new MemoryForecast(run, policy, chunk);
        ActivationPlan activations = earlier == null ? memory.activations() : memory.as(earlier);
        Decisions decisions = new Decisions(
                kernel.name(), policy, chunk, activations.kept(), activations.tokensPerWalk(), Torch.threads());
        return new Choices(decisions, kernel.reason(), memory.estimate(activations));
    }

    private static ComputePolicy policy(Preparation run) {
        FineTuneArguments arguments = run.arguments();
        boolean mixed = arguments.training().device().bf16();
        boolean pure = arguments.finetuning().pureBf16()
                || run.held().most(run.config().storedDType()) == DType.BFLOAT16;
        if (!mixed && !pure) {
            return ComputePolicy.FP32;
        }
        return ComputePolicy.choose(mixed, pure, Bf16SelfTest.run(run.device()).fast());
    }

    /** As many tokens as give the head 32 MiB of logits, as a power of two. */
    private static int chunk(Preparation run, @Nullable Decisions earlier) {
        Integer wish = run.arguments().model().memory().headChunk();
        if (wish != null) {
            return wish;
        }
        if (earlier != null) {
            return earlier.headChunk();
        }
        long tokens = HEAD_BYTES / (4L * run.config().sizes().vocabulary());
        return (int) Math.max(LEAST_CHUNK, Math.min(MOST_CHUNK, Long.highestOneBit(Math.max(1, tokens))));
    }
}
