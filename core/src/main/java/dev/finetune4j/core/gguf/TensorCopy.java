package dev.finetune4j.core.gguf;

import dev.finetune4j.core.gguf.block.GgmlType;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a tensor, or a part of one, from a file into native memory, widened where it is stored in blocks. Threads take
 * pieces of a quarter megabyte in turn, so that what is held beside the target is a piece for each thread.
 */
final class TensorCopy {
    private static final int PIECE = 1 << 16;

    private final GgufFile file;
    private final GgmlType type;
    private final long position;
    private final long rows;
    private final int rowLength;
    private final int rowsInPiece;
    private final @Nullable RowOrder order;
    private final AtomicLong next = new AtomicLong();

    /**
     * @param position first byte in the file
     * @param elements how many, whole blocks
     * @param rowLength elements that stay together when rows change places, whole blocks
     * @param order where rows go; null for where they are
     */
    TensorCopy(GgufFile file, GgmlType type, long position, long elements, int rowLength, @Nullable RowOrder order) {
        this.file = file;
        this.type = type;
        this.position = position;
        this.rowLength = order == null ? type.elements() : rowLength;
        this.rows = elements / this.rowLength;
        this.rowsInPiece = Math.max(1, PIECE / this.rowLength);
        this.order = order;
    }

    /** Fills memory that is as large as the elements in the type's {@link GgmlType#dtype dtype}. */
    void into(Pointer memory) {
        long pieces = (rows + rowsInPiece - 1) / rowsInPiece;
        int workers = (int) Math.min(pieces, Runtime.getRuntime().availableProcessors());
        if (workers <= 1) {
            work(memory, pieces);
        } else {
            IntStream.range(0, workers).parallel().forEach(worker -> work(memory, pieces));
        }
    }

    private void work(Pointer memory, long pieces) {
        int rowBytes = rowLength / type.elements() * type.bytes();
        byte[] stored = new byte[(int) Math.min(rows, rowsInPiece) * rowBytes];
        float[] wide = type.isQuantized() ? new float[(int) Math.min(rows, rowsInPiece) * rowLength] : new float[0];
        for (long piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
            long first = piece * rowsInPiece;
            int count = (int) Math.min(rowsInPiece, rows - first);
            file.read(position + first * rowBytes, ByteBuffer.wrap(stored, 0, count * rowBytes));
            if (type.isQuantized()) {
                type.widen(stored, count * rowLength / type.elements(), wide);
                put(wide, first, count, new FloatPointer(memory));
            } else {
                put(stored, rowBytes, first, count, new BytePointer(memory));
            }
        }
    }

    private void put(float[] wide, long first, int count, FloatPointer target) {
        if (order == null) {
            target.position(first * rowLength).put(wide, 0, count * rowLength);
            return;
        }
        for (int i = 0; i < count; i++) {
            target.position(order.target(first + i) * rowLength).put(wide, i * rowLength, rowLength);
        }
    }

    private void put(byte[] stored, int rowBytes, long first, int count, BytePointer target) {
        if (order == null) {
            target.position(first * rowBytes).put(stored, 0, count * rowBytes);
            return;
        }
        for (int i = 0; i < count; i++) {
            target.position(order.target(first + i) * rowBytes).put(stored, i * rowBytes, rowBytes);
        }
    }
}
