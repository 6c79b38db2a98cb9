package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One buffer for weights that are stored in another form than they are multiplied in. A fresh tensor for each would cost a
 * page fault every four kilobytes; this one is as large as the largest matrix and is used again for all. What
 * {@link #matrix} returns is good until the next call. Confined to a thread.
 */
public final class Workspace implements AutoCloseable {
    private @Nullable Tensor buffer;

    /** An uninitialised matrix view of the buffer, {@code [rows, columns]}. */
    public Tensor matrix(DType dtype, Device device, long rows, long columns) {
        long bytes = rows * columns * dtype.bytes();
        Tensor current = buffer;
        if (current == null || current.numel() < bytes) {
            close();
            current = Scope.claim(Torch.empty(DType.UINT8, device, bytes));
            buffer = current;
        }
        return current.narrow(0, 0, bytes).view(dtype.scalarType()).view(rows, columns);
    }

    /** A matrix in a dtype: itself if it has that dtype already, else a conversion in the buffer. */
    public Tensor converted(Tensor matrix, DType dtype) {
        return DType.of(matrix) == dtype
                ? matrix
                : matrix(dtype, Torch.device(matrix), matrix.size(0), matrix.size(1))
                        .copy_(matrix);
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
    }
}
