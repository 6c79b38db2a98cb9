package dev.finetune4j.core.testing;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionRule;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assertions;

/**
 * An attention kernel that counts its calls, fails the test which hands it a tensor that asks for a gradient, and can be
 * told to fail.
 */
public final class WatchedKernel implements AttentionKernel {
    private final AttentionKernel kernel;
    private int forwards;
    private int backwards;
    private int failForward = Integer.MAX_VALUE;
    private int failBackward = Integer.MAX_VALUE;

    public WatchedKernel(AttentionKernel kernel) {
        this.kernel = kernel;
    }

    /** From call {@code number} on, counted from 0, forward fails as libtorch does. */
    public WatchedKernel failingForward(int number) {
        failForward = number;
        return this;
    }

    /** From call {@code number} on, counted from 0, backward fails as libtorch does. */
    public WatchedKernel failingBackward(int number) {
        failBackward = number;
        return this;
    }

    public int forwards() {
        return forwards;
    }

    public int backwards() {
        return backwards;
    }

    @Override
    public String name() {
        return kernel.name();
    }

    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        check(q, k, v);
        failFrom(failForward, forwards++);
        return kernel.forward(q, k, v, layout, rule);
    }

    @Override
    public void backward(
            Tensor gradient, Inputs inputs, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        check(gradient, inputs.q(), inputs.k(), inputs.v(), saved.output(), saved.statistics());
        failFrom(failBackward, backwards++);
        kernel.backward(gradient, inputs, saved, layout, rule, into);
        check(into.q(), into.k(), into.v());
    }

    private static void failFrom(int number, int call) {
        if (call >= number) {
            throw new RuntimeException("DefaultCPUAllocator: not enough memory: you tried to allocate 64 bytes.");
        }
    }

    private static void check(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            Assertions.assertFalse(tensor.requires_grad(), "a tensor of the step requires a gradient");
        }
    }
}
