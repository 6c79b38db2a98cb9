package dev.finetune4j.core.weights;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Named read-only tensors on disk, opened lazily and read one at a time. */
public interface WeightSource extends AutoCloseable {
    /**
     * What a file says of one tensor.
     *
     * @param dtype stored element type
     * @param shape sizes, outermost first
     * @param file the file that holds it, for messages
     */
    record Entry(DType dtype, long[] shape, String file) {
        public long elements() {
            long product = 1;
            for (long size : shape) {
                product *= size;
            }
            return product;
        }
    }

    /** All tensors by name, in file order. */
    Map<String, Entry> entries();

    /**
     * One tensor as stored. It may be a view of a mapped file: read it, never write it; it must not outlive this source.
     *
     * @throws dev.finetune4j.core.error.WeightException if no tensor has that name
     */
    Tensor read(String name);

    /**
     * Copies one tensor as stored into memory of its shape, on any device.
     *
     * @throws dev.finetune4j.core.error.WeightException if no tensor has that name or the file cannot be read
     */
    default void readInto(String name, Tensor target) {
        try (Scope scope = Scope.open("read " + name)) {
            target.copy_(read(name));
        }
    }

    @Override
    void close();
}
