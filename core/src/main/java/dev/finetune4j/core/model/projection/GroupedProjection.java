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
 * One map for q, k and v whose output columns are, for each key head, its query heads, the key and the value:
 * {@code [tokens, keyValueHeads, group + 2, headDim]}.
 */
public final class GroupedProjection implements Projections {
    private final Linear map;
    private final long keyValueHeads;
    private final long group;
    private final long headDim;

    /** @param group query heads that share a key head */
    public GroupedProjection(Linear map, long keyValueHeads, long group, long headDim) {
        this.map = map;
        this.keyValueHeads = keyValueHeads;
        this.group = group;
        this.headDim = headDim;
    }

    @Override
    public Columns forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("grouped projection")) {
            Tensor grouped = map.forward(x, tape).view(x.size(0), keyValueHeads, group + 2, headDim);
            List<Tensor> parts = new ArrayList<>();
            long start = 0;
            for (long width : new long[] {group, 1, 1}) {
                Tensor part = grouped.narrow(2, start, width).reshape(x.size(0), keyValueHeads * width * headDim);
                // Rotation works in place; a view here would be of memory that nobody else reads, so either will do.
                parts.add(scope.keep(part));
                start += width;
            }
            return new Columns(parts, null);
        }
    }

    @Override
    public Columns gradients(List<Tensor> outputs, Tape tape) {
        List<Tensor> parts = new ArrayList<>();
        for (Tensor output : outputs) {
            long width = output.numel() / output.size(0);
            parts.add(Torch.empty(DType.of(output), Torch.device(output), output.size(0), width));
        }
        return new Columns(parts, null);
    }

    @Override
    public Tensor backward(Columns dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("grouped projection backward")) {
            long tokens = dy.part(0).size(0);
            Tensor whole = Torch.empty(
                    DType.of(dy.part(0)), Torch.device(dy.part(0)), tokens, keyValueHeads, group + 2, headDim);
            long start = 0;
            for (Tensor part : dy.parts()) {
                long width = part.size(1) / (keyValueHeads * headDim);
                whole.narrow(2, start, width).copy_(part.view(tokens, keyValueHeads, width, headDim));
                start += width;
            }
            return scope.keep(map.backward(whole.view(tokens, -1), x, tape));
        }
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
