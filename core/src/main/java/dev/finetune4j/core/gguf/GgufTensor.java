package dev.finetune4j.core.gguf;

import dev.finetune4j.core.gguf.block.GgmlType;

/**
 * Where a GGUF file holds a tensor.
 *
 * @param name the file's own name, such as {@code blk.0.attn_q.weight}
 * @param shape sizes, outermost first: the file's dimensions reversed
 * @param type how elements are stored
 * @param position first byte in the file
 */
public record GgufTensor(String name, long[] shape, GgmlType type, long position) {
    public long elements() {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    /** Stored bytes. */
    public long bytes() {
        return elements() / type.elements() * type.bytes();
    }

    /** Elements of the innermost dimension. */
    public long rowLength() {
        return shape.length == 0 ? 1 : shape[shape.length - 1];
    }
}
