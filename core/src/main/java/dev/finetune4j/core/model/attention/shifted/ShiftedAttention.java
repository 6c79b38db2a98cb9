package dev.finetune4j.core.model.attention.shifted;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionRule;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Shifted sparse attention (LongLoRA, Chen et al. 2023, section 3.2) around another kernel. Each document is cut into groups
 * of a quarter of its length, rounded down, and tokens see those of their own group; for the second half of the heads the
 * borders lie half a group later. Work grows with a quarter of the length instead of all of it.
 *
 * <p>Groups belong to a document, so that a document trains the same alone and packed with others; where four does not divide
 * its length, the last group holds what is left. Tokens before the first moved border are a group of their own: where heads
 * are rolled instead, they join the last tokens of the document and see what comes after them.
 *
 * <p>For training only: off, as at first, it is the kernel that it wraps. Confined to a thread.
 */
public final class ShiftedAttention implements AttentionKernel {
    private final AttentionKernel kernel;
    private boolean on;

    public ShiftedAttention(AttentionKernel kernel) {
        this.kernel = kernel;
    }

    /** Switches between groups and whole documents; not between a forward pass and its backward pass. */
    public void on(boolean groups) {
        on = groups;
    }

    /** The wrapped kernel's, which is the choice that there is to remember. */
    @Override
    public String name() {
        return kernel.name();
    }

    /**
     * @throws UnsupportedException while it is on, under a rule with sinks or chunks: shifted attention was made for Llama
     */
    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        if (!on) {
            return kernel.forward(q, k, v, layout, rule);
        }
        check(rule);
        HeadHalves halves = HeadHalves.of(q.size(1), k.size(1));
        Tensor keys = halves.repeated(k);
        Tensor values = halves.repeated(v);
        Result result = Result.empty(q, v);
        for (HeadHalves.Half half : halves.halves()) {
            Result part = kernel.forward(
                    half.queries(q),
                    half.keys(keys),
                    half.keys(values),
                    Groups.of(layout, half.shifted()),
                    half.rule(rule));
            half.queries(result.output()).copy_(part.output());
            half.statistics(result.statistics()).copy_(part.statistics());
        }
        return result;
    }

    @Override
    public void backward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        if (!on) {
            kernel.backward(gradient, in, saved, layout, rule, into);
            return;
        }
        HeadHalves halves = HeadHalves.of(in.q().size(1), in.k().size(1));
        Inputs wide = new Inputs(in.q(), halves.repeated(in.k()), halves.repeated(in.v()));
        boolean same = halves.repeats() == 1;
        Inputs fresh = same
                ? into
                : new Inputs(into.q(), wide.emptyLike().k(), wide.emptyLike().v());
        for (HeadHalves.Half half : halves.halves()) {
            kernel.backward(
                    half.queries(gradient),
                    half.of(wide),
                    new Result(half.queries(saved.output()), half.statistics(saved.statistics())),
                    Groups.of(layout, half.shifted()),
                    half.rule(rule),
                    half.of(fresh));
        }
        if (!same) {
            into.k().copy_(summed(fresh.k(), into.k()));
            into.v().copy_(summed(fresh.v(), into.v()));
        }
    }

    private static void check(AttentionRule rule) {
        if (rule.sinks() != null || rule.chunk() > 0) {
            throw new UnsupportedException("shift_attn works for models whose attention has neither sinks nor chunks;"
                    + " this one has. Switch shift_attn off.");
        }
    }

    /** Gradient of repeated heads. */
    private static Tensor summed(Tensor repeated, Tensor like) {
        return repeated.view(repeated.size(0), like.size(1), -1, repeated.size(2))
                .sum(new long[] {2}, false, new ScalarTypeOptional());
    }
}
