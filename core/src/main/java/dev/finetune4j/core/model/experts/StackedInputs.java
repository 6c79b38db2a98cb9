package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.model.projection.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gate and up of an expert as one map: its first and second half, or its even and odd columns, after a bias.
 *
 * @param map {@code [2 width, hidden]}
 */
record StackedInputs(Linear map, @Nullable ExpertBias bias, boolean alternating) implements Projections {
    @Override
    public Columns forward(Tensor x, Tape tape) {
        Tensor whole = map.forward(x, tape);
        if (bias != null) {
            whole.add_(bias.value(whole));
        }
        return split(whole, alternating);
    }

    /** Gate and up as views of what holds both. */
    static Columns split(Tensor whole, boolean alternating) {
        long width = whole.size(1) / 2;
        if (!alternating) {
            return new Columns(List.of(whole.narrow(1, 0, width), whole.narrow(1, width, width)), whole);
        }
        Tensor pairs = whole.view(whole.size(0), width, 2);
        return new Columns(List.of(pairs.select(2, 0), pairs.select(2, 1)), whole);
    }

    @Override
    public Columns gradients(List<Tensor> outputs, Tape tape) {
        Tensor like = outputs.get(0);
        return split(Torch.empty(DType.of(like), Torch.device(like), like.size(0), 2 * like.size(1)), alternating);
    }

    @Override
    public Tensor backward(Columns dy, @Nullable Tensor x, Tape tape) {
        Tensor whole = Objects.requireNonNull(dy.whole());
        if (bias != null) {
            bias.accumulate(whole);
        }
        return map.backward(whole, x, tape);
    }

    /** Also where the bias alone trains: its gradient, too, has to be that of the weighed output. */
    @Override
    public boolean needsInput() {
        return map.needsInput() || (bias != null && bias.parameter().trainable());
    }

    @Override
    public List<Linear> maps() {
        return List.of(map);
    }
}
