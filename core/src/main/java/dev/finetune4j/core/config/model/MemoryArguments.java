package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Auto;
import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * What the walk keeps and what it computes again. None of these settings changes a number of the run.
 *
 * @param activations what blocks leave for their backward pass: with {@code auto} as many keep everything as the memory
 *     budget allows, with {@code keep} all do; {@code recompute} keeps what is dear and computes the rest again;
 *     {@code offload} keeps no more than each block's input, in host memory, and runs the whole block again. Default:
 *     auto
 * @param memoryBudget most memory the run may take: bytes ({@code 4GB}, {@code 4GiB}) or a share of what is free
 *     ({@code 0.5}); {@code auto} leaves the choice to the plan. Default: none
 * @param headChunk labelled tokens that the output head handles per pass; ≥ 1; {@code auto} leaves the choice to the
 *     plan. Default: none
 * @param disableGradientCheckpointing LLaMA-Factory's name for {@code activations: keep}. Default: false
 * @param useUnslothGc LLaMA-Factory's name for {@code activations: offload}. Default: false
 * @param useReentrantGc variant of Python's checkpointing, which does not exist here. Default: true
 * @param gradientCheckpointing the trainer's own switch, which LLaMA-Factory overrides as well; see
 *     {@code activations}. Default: false
 * @param useUnsloth asks for Unsloth's kernels; every layer here has a hand-written backward pass. Default: false
 * @param enableLigerKernel asks for Liger's kernels; every layer here has a hand-written backward pass, and the head never
 *     holds all logits. Default: false
 * @param useLigerKernel the trainer's own spelling of {@code enable_liger_kernel}. Default: false
 * @param lowCpuMemUsage memory-saving loading; weights are always read one tensor at a time, so there is nothing that
 *     {@code false} could bring back. Default: true
 */
public record MemoryArguments(
        @Default("auto") Activations activations,
        @Auto @Nullable MemoryBudget memoryBudget,
        @Auto @Nullable Integer headChunk,

        @Equivalent("the same as activations: keep") @Default("false")
        boolean disableGradientCheckpointing,

        @Equivalent("the same as activations: offload") @Default("false")
        boolean useUnslothGc,

        @Equivalent("activations decides what is computed again; there is no autograd graph to re-enter")
        @Default("true")
        boolean useReentrantGc,

        @Equivalent("activations decides what is computed again, as LLaMA-Factory's own switch does") @Default("false")
        boolean gradientCheckpointing,

        @Equivalent("every layer has a hand-written backward pass; nothing else is loaded") @Default("false")
        boolean useUnsloth,

        @Equivalent("every layer has a hand-written backward pass and the head never holds all logits")
        @Default("false")
        boolean enableLigerKernel,

        @Equivalent("every layer has a hand-written backward pass and the head never holds all logits")
        @Default("false")
        boolean useLigerKernel,

        @Equivalent("weights are read one tensor at a time all the same") @Default("true")
        boolean lowCpuMemUsage) {
    public MemoryArguments {
        new Check().atLeast("head_chunk", headChunk, 1).done();
    }

    /** The policy after LLaMA-Factory's two names for it; {@code activations} itself wins when it is not auto. */
    public Activations policy() {
        if (activations != Activations.AUTO) {
            return activations;
        }
        if (disableGradientCheckpointing) {
            return Activations.KEEP;
        }
        return useUnslothGc ? Activations.OFFLOAD : Activations.AUTO;
    }
}
