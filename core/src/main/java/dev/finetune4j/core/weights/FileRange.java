package dev.finetune4j.core.weights;

import dev.finetune4j.core.runtime.DType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;

/**
 * The bytes of a tensor in a file, read straight into its memory. Copying from a mapping instead would leave the file's
 * pages in this process's memory beside the copy.
 *
 * @param begin first byte
 * @param size number of bytes
 */
public record FileRange(Path file, long begin, long size) {
    private static final long PART = 1 << 30;

    /** Whether a target is memory of just the form that an entry has in its file. */
    public static boolean fills(WeightSource.Entry entry, Tensor target) {
        return !target.is_cuda() && DType.of(target) == entry.dtype() && target.is_contiguous();
    }

    /**
     * Fills a tensor in this machine's memory, whose elements follow each other and take {@link #size} bytes.
     *
     * @throws EOFException if the file ends before
     */
    public void readInto(Tensor target) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            BytePointer memory = new BytePointer(target.data_ptr());
            for (long from = 0; from < size; from += PART) {
                long to = Math.min(size, from + PART);
                fill(channel, begin + from, memory.limit(to).position(from).asByteBuffer());
            }
        }
    }

    private static void fill(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new EOFException("the file ended while it was read");
            }
            at += read;
        }
    }
}
