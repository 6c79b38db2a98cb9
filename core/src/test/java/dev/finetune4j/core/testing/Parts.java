package dev.finetune4j.core.testing;

import dev.finetune4j.core.model.layers.RmsNorm;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Random pieces from which a test puts a layer together; owns their parameters, in the order they were made. */
public final class Parts implements AutoCloseable {
    public static final double EPSILON = 1e-5;

    private final ParameterStore store = new ParameterStore();
    private final Workspace workspace = new Workspace();
    private final Randoms random;
    private final DType storage;

    public Parts(long seed) {
        this(seed, DType.FLOAT32);
    }

    /** Pieces whose matrices are stored in {@code storage}. */
    public Parts(long seed, DType storage) {
        this.random = new Randoms(seed);
        this.storage = storage;
    }

    public Randoms random() {
        return random;
    }

    public Workspace workspace() {
        return workspace;
    }

    public ParameterStore store() {
        return store;
    }

    /** A matrix of the size that keeps the width of what it multiplies. */
    public Parameter matrix(String name, long out, long in) {
        try (Scope scope = Scope.open("matrix")) {
            Tensor values = random.normal(out, in).mul_(Torch.scalar(1 / Math.sqrt(in)));
            return store.add(new Parameter(name, Torch.copy(values, storage)));
        }
    }

    public Linear linear(String name, long out, long in, boolean bias) {
        DenseWeight weight = new DenseWeight(matrix(name + ".weight", out, in), workspace);
        return new Linear(name, weight, bias ? vector(name + ".bias", random.normal(out)) : null);
    }

    public RmsNorm norm(String name, long width) {
        return new RmsNorm(vector(name + ".weight", random.aroundOne(width)), EPSILON);
    }

    private Parameter vector(String name, Tensor values) {
        try (Scope scope = Scope.open("vector")) {
            return store.add(new Parameter(name, Torch.copy(values, storage)));
        } finally {
            values.close();
        }
    }

    public void train(boolean trains) {
        store.all().forEach(parameter -> parameter.trainable(trains));
    }

    /** Values of all parameters in fp32, in the order they were made. */
    public List<Tensor> values() {
        List<Tensor> values = new ArrayList<>();
        store.all().forEach(parameter -> values.add(Torch.to(parameter.value(), DType.FLOAT32)));
        return values;
    }

    /** Gradients in the same order; null where there is none. */
    public List<@Nullable Tensor> gradients() {
        List<@Nullable Tensor> gradients = new ArrayList<>();
        store.all().forEach(parameter -> gradients.add(parameter.gradient()));
        return gradients;
    }

    public void dropGradients() {
        store.all().forEach(Parameter::dropGradient);
    }

    @Override
    public void close() {
        store.close();
        workspace.close();
    }
}
