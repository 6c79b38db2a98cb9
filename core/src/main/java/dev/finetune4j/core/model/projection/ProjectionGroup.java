package dev.finetune4j.core.model.projection;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Linear maps of one input: q, k and v, or gate and up. Where their matrices lie end to end they are one map
 * {@code [Σ out, in]}: one product forward, one backward, and adapters join likewise. Where they do not, each runs by itself.
 */
public final class ProjectionGroup implements Projections {
    private final List<Linear> maps;

    public ProjectionGroup(Linear... maps) {
        this.maps = List.of(maps);
    }

    @Override
    public Columns forward(Tensor x, Tape tape) {
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
        return Columns.of(whole, maps.stream().mapToLong(Linear::out).toArray());
    }

    @Override
    public Columns gradients(List<Tensor> outputs, Tape tape) {
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

    @Override
    public Tensor backward(Columns dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("projections backward")) {
            Linear joint = Linear.joined(maps, tape);
            if (joint != null && dy.whole() != null) {
                return scope.keep(joint.backward(dy.whole(), x, tape));
            }
            Tensor dx = maps.get(0).backward(dy.part(0), x, tape);
            for (int i = 1; i < maps.size(); i++) {
                dx.add_(maps.get(i).backward(dy.part(i), x, tape));
            }
            return scope.keep(dx);
        }
    }

    @Override
    public boolean needsInput() {
        // A joint gradient of biases comes with that of the matrices, which reads the input.
        return maps.stream()
                .anyMatch(map ->
                        map.needsInput() || (map.bias() != null && map.bias().trainable()));
    }

    @Override
    public List<Linear> maps() {
        return maps;
    }
}
