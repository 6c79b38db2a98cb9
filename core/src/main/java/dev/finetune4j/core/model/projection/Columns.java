package dev.finetune4j.core.model.projection;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Outputs of several maps of one input, or gradients of them.
 *
 * @param parts one a map, {@code [tokens, out]}
 * @param whole the matrix whose columns the parts are, or null where each has its own memory
 */
public record Columns(List<Tensor> parts, @Nullable Tensor whole) {
    /** Consecutive columns of a matrix. */
    static Columns of(Tensor whole, long[] widths) {
        List<Tensor> parts = new ArrayList<>();
        long start = 0;
        for (long width : widths) {
            parts.add(whole.narrow(1, start, width));
            start += width;
        }
        return new Columns(parts, whole);
    }

    public Tensor part(int map) {
        return parts.get(map);
    }
}
