package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Matrices that lie end to end in memory, as one matrix with the maps' biases: a view of several maps, made for the moment.
 */
final class JoinedWeight implements Weight {
    private final List<Linear> maps;
    private final StoredMatrix matrix;
    private final @Nullable Tensor bias;

    private JoinedWeight(List<Linear> maps, StoredMatrix matrix, @Nullable Tensor bias) {
        this.maps = maps;
        this.matrix = matrix;
        this.bias = bias;
    }

    /**
     * Null if the matrices do not lie end to end, or if some maps have a bias and others do not. In the caller's scope.
     */
    static @Nullable JoinedWeight of(List<Linear> maps) {
        Workspace workspace = null;
        Tensor first = null;
        long rows = 0;
        for (Linear map : maps) {
            if (!(map.weight() instanceof DenseWeight dense) || mixed(map, maps)) {
                return null;
            }
            Tensor value = dense.parameter().value();
            if (first == null) {
                first = value;
                workspace = dense.workspace();
            } else if (!follows(value, first, rows)) {
                return null;
            }
            rows += value.size(0);
        }
        return first == null || workspace == null
                ? null
                : new JoinedWeight(maps, new StoredMatrix(view(first, rows), workspace), bias(maps));
    }

    private static boolean mixed(Linear map, List<Linear> maps) {
        return (map.bias() == null) != (maps.get(0).bias() == null);
    }

    private static @Nullable Tensor bias(List<Linear> maps) {
        List<Tensor> biases = new ArrayList<>();
        for (Linear map : maps) {
            if (map.bias() != null) {
                biases.add(map.bias().value());
            }
        }
        return biases.isEmpty() ? null : Torch.cat(biases);
    }

    /** Whether {@code matrix} begins {@code rows} rows after {@code first} in the same memory. */
    private static boolean follows(Tensor matrix, Tensor first, long rows) {
        return DType.of(matrix) == DType.of(first)
                && matrix.size(1) == first.size(1)
                && matrix.is_alias_of(first)
                && matrix.storage_offset() == first.storage_offset() + rows * first.size(1);
    }

    private static Tensor view(Tensor first, long rows) {
        return first.as_strided(new long[] {rows, first.size(1)}, new long[] {first.size(1), 1});
    }

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor none, @Nullable Tensor plus) {
        return matrix.multiply(x, bias, plus);
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor none, Tensor b, Tensor a) {
        return matrix.multiplyUpdated(x, bias, b, a);
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return matrix.multiplyTransposed(dy, plus);
    }

    @Override
    public boolean trains() {
        return maps.stream().flatMap(map -> map.parameters().stream()).anyMatch(Parameter::trainable);
    }

    /** Gradients of matrices and biases: rows of the joint gradient. */
    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("joint weight gradient")) {
            Tensor joint = Torch.product(dy.t(), x.t(), null);
            long row = 0;
            for (Linear map : maps) {
                Parameter own = Objects.requireNonNull(map.weight().parameter());
                long rows = own.value().size(0);
                if (own.trainable()) {
                    own.accumulateCopy(joint.narrow(0, row, rows));
                }
                Parameter ownBias = map.bias();
                if (ownBias != null && ownBias.trainable()) {
                    Tensor columns = dy.narrow(1, row, rows);
                    ownBias.accumulate(
                            Torch.to(columns, ownBias.gradientDType()).sum(0));
                }
                row += rows;
            }
        }
    }

    @Override
    public Tensor dense(DType dtype) {
        return Torch.to(matrix.values(), dtype);
    }

    @Override
    public void plus(Tensor delta) {
        long row = 0;
        for (Linear map : maps) {
            long rows = map.out();
            map.weight().plus(delta.narrow(0, row, rows));
            row += rows;
        }
    }

    @Override
    public long out() {
        return matrix.values().size(0);
    }

    @Override
    public long in() {
        return matrix.values().size(1);
    }

    @Override
    public long bytes() {
        return maps.stream().mapToLong(map -> map.weight().bytes()).sum();
    }

    @Override
    public @Nullable Parameter parameter() {
        return null;
    }
}
