package dev.finetune4j.data.arrow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a record batch is made of, columns depth first. Every buffer begins at a multiple of eight bytes. */
final class BatchLayout {
    private static final int ALIGNMENT = 8;

    private final List<Node> nodes = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private long length;

    record Node(long length, long nulls) {}

    /** A buffer and where it begins in the body. */
    record Place(long offset, ByteBuffer bytes) {}

    void node(long length, long nulls) {
        nodes.add(new Node(length, nulls));
    }

    void buffer(ByteBuffer bytes) {
        places.add(new Place(length, bytes));
        length = aligned(length + bytes.remaining());
    }

    static long aligned(long length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Place> places() {
        return places;
    }

    /** Bytes of the body. */
    long length() {
        return length;
    }
}
