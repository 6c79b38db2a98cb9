package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Linear maps of one input: q, k and v, or gate and up. Where their matrices lie end to end they are one map
 * {@code [Σ out, in]}: one product forward, one backward, and adapters join likewise. Where they do not, each runs by itself.
 */
final class ProjectionGroup {
    private final List<Linear> maps;

    ProjectionGroup(Linear... maps) {
        this.maps = List.of(maps);
    }

    /**
     * Outputs of the maps, or gradients of them.
     *
     * @param parts one a map, {@code [tokens, out]}
     * @param whole the matrix whose columns the parts are, or null where each has its own memory
     */
    record Columns(List<Tensor> parts, @Nullable Tensor whole) {
        private static Columns of(Tensor whole, long[] widths) {
            List<Tensor> parts = new ArrayList<>();
            long start = 0;
            for (long width : widths) {
                parts.add(whole.narrow(1, start, width));
                start += width;
            }
            return new Columns(parts, whole);
        }

        Tensor part(int map) {
            return parts.get(map);
        }
    }

    /**
     * @param x {@code [tokens, in]}
     * @return outputs in the caller's scope
     */
    Columns forward(Tensor x, Tape tape) {
        Tensor whole;
        try (Scope scope = Scope.open("projections")) {
            Linear joint = Linear.joined(maps, tape);
            if (joint == null) {
                List<Tensor> parts = new ArrayList<>();
                maps.forEach(map -> parts.add(scope.keep(map.forward(x, tape))));
                return new Columns(parts, null);
            }
            whole = scope.keep(joint.forward(x, tape));
        }
        return Columns.of(whole, maps.stream().mapToLong(ProjectionGroup::width).toArray());
    }

    private static long width(Linear map) {
        return Objects.requireNonNull(map.weight().parameter()).value().size(0);
    }

    /** Uninitialised memory for the gradients of outputs, to be filled and given to {@link #backward}. */
    Columns gradients(List<Tensor> outputs, Tape tape) {
        Tensor like = outputs.get(0);
        long[] widths = outputs.stream().mapToLong(y -> y.numel() / y.size(0)).toArray();
        List<Tensor> parts = new ArrayList<>();
        if (joins(tape)) {
            long sum = java.util.Arrays.stream(widths).sum();
            return Columns.of(Torch.empty(DType.of(like), Torch.device(like), like.size(0), sum), widths);
        }
        for (long width : widths) {
            parts.add(Torch.empty(DType.of(like), Torch.device(like), like.size(0), width));
        }
        return new Columns(parts, null);
    }

    private boolean joins(Tape tape) {
        try (Scope scope = Scope.open("joint")) {
            return Linear.joined(maps, tape) != null;
        }
    }

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param dy what {@link #gradients} gave, filled
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    Tensor backward(Columns dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("projections backward")) {
            Linear joint = Linear.joined(maps, tape);
            if (joint != null && dy.whole != null) {
                return scope.keep(joint.backward(dy.whole, x, tape));
            }
            Tensor dx = maps.get(0).backward(dy.part(0), x, tape);
            for (int i = 1; i < maps.size(); i++) {
                dx.add_(maps.get(i).backward(dy.part(i), x, tape));
            }
            return scope.keep(dx);
        }
    }

    /** Whether backward reads the input. */
    boolean needsInput() {
        return maps.stream().anyMatch(Linear::needsInput);
    }

    List<Linear> maps() {
        return maps;
    }
}
