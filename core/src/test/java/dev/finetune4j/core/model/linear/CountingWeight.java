package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/**
 * A weight that counts the rows of each product with it and hands the work on. It fails the test that sees a tensor which
 * asks for a gradient.
 */
public final class CountingWeight implements Weight {
    private final Weight weight;
    private long forward;
    private long backward;

    private CountingWeight(Weight weight) {
        this.weight = weight;
    }

    /** Puts a counter into every linear map of a decoder, the head's included; by name of the map. */
    public static Map<String, CountingWeight> install(Decoder decoder) {
        Map<String, CountingWeight> counters = new LinkedHashMap<>();
        decoder.linears().forEach(linear -> counters.put(linear.name(), into(linear)));
        counters.put(decoder.head().map().name(), into(decoder.head().map()));
        return counters;
    }

    /** A counter around one weight. */
    public static CountingWeight around(Weight weight) {
        return new CountingWeight(weight);
    }

    private static CountingWeight into(Linear linear) {
        CountingWeight counter = new CountingWeight(linear.weight());
        linear.weight(counter);
        return counter;
    }

    /** Rows that entered {@link #multiply} or {@link #multiplyUpdated}. */
    public long forwardRows() {
        return forward;
    }

    /** Rows that entered {@link #multiplyTransposed}. */
    public long backwardRows() {
        return backward;
    }

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        forward += x.size(0);
        return outsideGraphs(weight.multiply(outsideGraphs(x), bias, plus));
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        forward += x.size(0);
        return outsideGraphs(weight.multiplyUpdated(outsideGraphs(x), bias, b, a));
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        backward += dy.size(0);
        return outsideGraphs(weight.multiplyTransposed(outsideGraphs(dy), plus));
    }

    @Override
    public boolean trains() {
        return weight.trains();
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        weight.accumulate(outsideGraphs(dy), outsideGraphs(x));
    }

    private static Tensor outsideGraphs(Tensor tensor) {
        Assertions.assertFalse(tensor.requires_grad(), "a tensor of the step requires a gradient");
        Assertions.assertTrue(tensor.is_leaf(), "a tensor of the step belongs to a graph");
        return tensor;
    }

    @Override
    public Tensor dense(DType dtype) {
        return weight.dense(dtype);
    }

    @Override
    public void plus(Tensor delta) {
        weight.plus(delta);
    }

    @Override
    public long out() {
        return weight.out();
    }

    @Override
    public long in() {
        return weight.in();
    }

    @Override
    public long bytes() {
        return weight.bytes();
    }

    @Override
    public @Nullable Parameter parameter() {
        return weight.parameter();
    }
}
