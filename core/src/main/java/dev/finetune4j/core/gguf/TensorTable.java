package dev.finetune4j.core.gguf;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.gguf.block.GgmlType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and checks the list of tensors: nothing in it is believed before it fits the file. */
final class TensorTable {
    private static final int MOST_DIMENSIONS = 4;
    /** Bytes of an entry with an empty name and no dimension. */
    private static final long LEAST_ENTRY = 8 + 4 + 4 + 8;

    private final HeaderReader in;
    private final long fileSize;

    private record Listed(String name, long[] shape, GgmlType type, long offset) {}

    TensorTable(HeaderReader in, long fileSize) {
        this.in = in;
        this.fileSize = fileSize;
    }

    static long leastEntry() {
        return LEAST_ENTRY;
    }

    /**
     * @param count how many entries follow, already compared with the file's size
     * @param alignment what offsets are multiples of
     */
    Map<String, GgufTensor> read(int count, long alignment) throws IOException {
        Map<String, Listed> listed = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            in.reading("the name of tensor " + i);
            String name = in.text();
            in.reading("the entry of tensor " + MetadataReader.shortened(name));
            if (listed.put(name, entry(name)) != null) {
                throw in.damaged("it lists the tensor " + MetadataReader.shortened(name)
                        + " twice, and which one counts is not said. Convert the model again");
            }
        }
        long dataStart = (in.position() + alignment - 1) / alignment * alignment;
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (Listed tensor : listed.values()) {
            tensors.put(tensor.name, placed(tensor, dataStart, alignment));
        }
        checkOverlap(tensors.values());
        return tensors;
    }

    private Listed entry(String name) throws IOException {
        long dimensions = in.u32();
        if (dimensions > MOST_DIMENSIONS) {
            throw damaged(name, "has " + dimensions + " dimensions, where at most " + MOST_DIMENSIONS + " are allowed");
        }
        long[] shape = new long[(int) dimensions];
        for (int i = shape.length - 1; i >= 0; i--) {
            shape[i] = in.i64();
            if (shape[i] <= 0) {
                throw damaged(name, "has a dimension of " + Long.toUnsignedString(shape[i]));
            }
        }
        return new Listed(name, shape, type(name, in.u32()), in.i64());
    }

    private GgmlType type(String name, long code) {
        GgmlType type = GgmlType.byCode(code);
        if (type == null) {
            throw damaged(
                    name,
                    "has the ggml type " + code + ", which this library does not know. It reads "
                            + GgmlType.readableNames());
        }
        if (!type.isReadable()) {
            throw damaged(
                    name,
                    "is stored as " + type + ", which this library does not read. It reads " + GgmlType.readableNames()
                            + ". Take the model's Q4_K_M, Q6_K, Q8_0 or F16 file instead");
        }
        return type;
    }

    private GgufTensor placed(Listed tensor, long dataStart, long alignment) {
        GgufTensor result = new GgufTensor(tensor.name, tensor.shape, tensor.type, dataStart + tensor.offset);
        if (result.rowLength() % tensor.type.elements() != 0) {
            throw damaged(
                    tensor.name,
                    "has rows of " + result.rowLength() + " elements, which the blocks of " + tensor.type + ", "
                            + tensor.type.elements() + " elements each, do not fill");
        }
        if (tensor.offset < 0 || tensor.offset % alignment != 0) {
            throw damaged(
                    tensor.name,
                    "begins at offset " + Long.toUnsignedString(tensor.offset)
                            + ", which is no multiple of the alignment " + alignment);
        }
        long left = fileSize - dataStart - tensor.offset;
        if (left < 0 || bytes(tensor, left) > left) {
            throw damaged(
                    tensor.name,
                    "reaches past the end of the file, which has " + fileSize
                            + " bytes. The file is truncated or damaged; copy or download it again");
        }
        return result;
    }

    /** Stored bytes; more than {@code most} where the product overflows. */
    private static long bytes(Listed tensor, long most) {
        long units = tensor.type.bytes();
        long inBlock = tensor.type.elements();
        for (int i = tensor.shape.length - 1; i >= 0; i--) {
            long size = tensor.shape[i] / (i == tensor.shape.length - 1 ? inBlock : 1);
            if (Math.multiplyHigh(units, size) != 0 || units * size < 0) {
                return most < Long.MAX_VALUE ? most + 1 : most;
            }
            units *= size;
        }
        return units;
    }

    private void checkOverlap(java.util.Collection<GgufTensor> tensors) {
        List<GgufTensor> sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.comparingLong(GgufTensor::position));
        for (int i = 1; i < sorted.size(); i++) {
            GgufTensor before = sorted.get(i - 1);
            if (before.position() + before.bytes() > sorted.get(i).position()) {
                throw damaged(sorted.get(i).name(), "overlaps the tensor " + MetadataReader.shortened(before.name()));
            }
        }
    }

    private WeightException damaged(String name, String what) {
        return in.damaged("tensor " + MetadataReader.shortened(name) + " " + what);
    }
}
