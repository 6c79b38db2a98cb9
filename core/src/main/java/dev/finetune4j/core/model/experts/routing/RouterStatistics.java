package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The load-balancing loss over all routers of a model (Fedus et al. 2021, section 2.2): {@code n Σ fₑ Pₑ} over n experts,
 * where over all rows, which are tokens times routers, fₑ is how often an expert was chosen and Pₑ its mean softmax
 * probability, both per row. Balanced routing gives the number of experts per token.
 *
 * <p>Given f the loss is linear in the probabilities, so each router adds its own part in its backward pass:
 * {@code dz = p · (g − Σ g p)} with {@code gₑ = factor · n fₑ / rows}.
 *
 * <p>A walk that wants the loss calls {@link #begin}, goes forward, reads {@link #loss}, sets {@link #weigh}, goes backward
 * and calls {@link #end}; outside of that routers leave no trace here. From {@link #weigh} on nothing is counted, so that a
 * block that runs again before its backward pass is not counted twice. Confined to a thread.
 */
public final class RouterStatistics {
    private final long[] chosen;
    private final double[] probability;
    private long rows;
    private double factor;
    private boolean counting;

    /** @param experts n, the same in all blocks */
    public RouterStatistics(int experts) {
        chosen = new long[experts];
        probability = new double[experts];
    }

    /** Forgets what was, and counts from now on. */
    public void begin() {
        java.util.Arrays.fill(chosen, 0);
        java.util.Arrays.fill(probability, 0);
        rows = 0;
        factor = 0;
        counting = true;
    }

    /** The loss of what was routed since {@link #begin}, without coefficient; 0 if nothing was. */
    public double loss() {
        double sum = 0;
        for (int e = 0; e < chosen.length; e++) {
            sum += chosen[e] * probability[e];
        }
        return rows == 0 ? 0 : sum * chosen.length / rows / rows;
    }

    /**
     * Ends the counting and sets what the loss counts in the gradients to come.
     *
     * @param newFactor its coefficient times whatever the walk's other gradients are scaled by
     */
    public void weigh(double newFactor) {
        factor = newFactor;
        counting = false;
    }

    /** Counts no longer, and adds to no gradient. */
    public void end() {
        counting = false;
        factor = 0;
    }

    void record(Routing routing, Tensor logits) {
        if (!counting) {
            return;
        }
        try (Scope scope = Scope.open("router statistics")) {
            long[] counts = Torch.toLongs(routing.ids().reshape(-1).bincount(new TensorOptional(), chosen.length));
            double[] sums = doubles(torch.softmax(logits, -1).sum(new long[] {0}, false, new ScalarTypeOptional()));
            for (int e = 0; e < chosen.length; e++) {
                chosen[e] += counts[e];
                probability[e] += sums[e];
            }
        }
        rows += logits.size(0);
    }

    private static double[] doubles(Tensor vector) {
        Tensor wide = Torch.to(vector, DType.FLOAT64).cpu();
        double[] values = new double[Math.toIntExact(wide.numel())];
        new DoublePointer(wide.data_ptr_double()).get(values);
        return values;
    }

    /** Adds this loss's part to a router's gradient {@code [tokens, experts]}, in place. */
    void addGradient(Tensor dz, Tensor logits) {
        if (factor == 0) {
            return;
        }
        try (Scope scope = Scope.open("router balance")) {
            Tensor p = torch.softmax(logits, -1);
            dz.add_(SoftmaxScoring.throughSoftmax(slopes(logits).expand_as(p).clone(), p));
        }
    }

    /** g {@code [1, experts]}. */
    private Tensor slopes(Tensor like) {
        Tensor g = Torch.empty(DType.FLOAT64, Device.CPU, chosen.length);
        double[] values = new double[chosen.length];
        for (int e = 0; e < chosen.length; e++) {
            values[e] = factor * chosen.length * chosen[e] / rows / rows;
        }
        new DoublePointer(g.data_ptr_double()).put(values);
        return g.to(like.device(), like.scalar_type()).view(1, -1);
    }
}
