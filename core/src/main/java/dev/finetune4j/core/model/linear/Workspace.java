package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Memory that is used again and again, one buffer for each use. A fresh tensor would cost a page fault every four kilobytes,
 * and one that is freed between tensors that stay leaves a hole in the heap that nothing later fits. Each buffer is as large
 * as the largest matrix it held; a matrix is good until the next one of the same use. Confined to a thread.
 */
public final class Workspace implements AutoCloseable {
    private final Map<Use, Tensor> buffers = new EnumMap<>(Use.class);

    /** What a buffer is for. */
    public enum Use {
        /** A weight in another form than it is stored in. */
        WEIGHT,
        /** The normalised input of a block's maps. */
        NORMED,
        /** The input of a feed-forward layer's last map. */
        ACTIVATED
    }

    /** An uninitialised matrix {@code [rows, columns]}. */
    public Tensor matrix(Use use, DType dtype, Device device, long rows, long columns) {
        long bytes = rows * columns * dtype.bytes();
        return buffer(use, device, bytes)
                .narrow(0, 0, bytes)
                .view(dtype.scalarType())
                .view(rows, columns);
    }

    /** An uninitialised matrix with the shape of another. */
    public Tensor like(Use use, Tensor matrix, DType dtype) {
        return matrix(use, dtype, Torch.device(matrix), matrix.size(0), matrix.size(1));
    }

    private Tensor buffer(Use use, Device device, long bytes) {
        Tensor current = buffers.get(use);
        if (current != null && current.numel() >= bytes) {
            return current;
        }
        if (current != null) {
            current.close();
        }
        Tensor larger = Scope.claim(Torch.empty(DType.UINT8, device, bytes));
        buffers.put(use, larger);
        return larger;
    }

    /** A weight in a dtype: itself if it has that dtype already, else a conversion. */
    public Tensor converted(Tensor weight, DType dtype) {
        return DType.of(weight) == dtype
                ? weight
                : like(Use.WEIGHT, weight, dtype).copy_(weight);
    }

    @Override
    public void close() {
        buffers.values().forEach(Tensor::close);
        buffers.clear();
    }
}
