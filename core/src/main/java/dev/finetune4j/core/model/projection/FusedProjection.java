package dev.finetune4j.core.model.projection;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** One map whose output columns are the projections, one after the other. */
public final class FusedProjection implements Projections {
    private final Linear map;
    private final long[] widths;

    /** @param widths of the projections; their sum is the map's output */
    public FusedProjection(Linear map, long... widths) {
        this.map = map;
        this.widths = widths.clone();
    }

    @Override
    public Columns forward(Tensor x, Tape tape) {
        return Columns.of(map.forward(x, tape), widths);
    }

    @Override
    public Columns gradients(List<Tensor> outputs, Tape tape) {
        Tensor like = outputs.get(0);
        long sum = java.util.Arrays.stream(widths).sum();
        return Columns.of(Torch.empty(DType.of(like), Torch.device(like), like.size(0), sum), widths);
    }

    @Override
    public Tensor backward(Columns dy, @Nullable Tensor x, Tape tape) {
        return map.backward(java.util.Objects.requireNonNull(dy.whole()), x, tape);
    }

    @Override
    public boolean needsInput() {
        return map.needsInput();
    }

    @Override
    public List<Linear> maps() {
        return List.of(map);
    }
}
