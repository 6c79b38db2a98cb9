package dev.finetune4j.data.arrow.internal.vector;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists; all elements lie one after the other in a column of their own. */
public final class ListVector extends Vector {
    private final Offsets offsets;
    private final Vector elements;

    ListVector(Extent extent, Offsets offsets, Vector elements) {
        super(extent);
        this.offsets = offsets;
        this.elements = elements;
    }

    public Vector elements() {
        return elements;
    }

    public int start(int index) {
        return offsets.start(index, elements.length(), extent);
    }

    public int end(int index) {
        return offsets.end(index, elements.length(), extent);
    }

    /** The list at an index as 32-bit numbers; null where its elements are not whole numbers. */
    public int @Nullable [] ints(int index) {
        FixedVector whole = whole(index);
        return whole == null ? null : whole.ints(start(index), end(index));
    }

    public long @Nullable [] longs(int index) {
        FixedVector whole = whole(index);
        return whole == null ? null : whole.longs(start(index), end(index));
    }

    /** Null where the elements are not whole numbers of one byte. */
    public byte @Nullable [] bytes(int index) {
        FixedVector whole = whole(index);
        return whole == null || !whole.ofBytes() ? null : whole.bytes(start(index), end(index));
    }

    private @Nullable FixedVector whole(int index) {
        if (!(elements instanceof FixedVector fixed) || !fixed.isWhole()) {
            return null;
        }
        for (int i = start(index); fixed.extent.validity() != null && i < end(index); i++) {
            if (fixed.isNull(i)) {
                throw extent.damaged("a list of numbers holds a null.");
            }
        }
        return fixed;
    }

    @Override
    Object present(int index) {
        int end = end(index);
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = start(index); i < end; i++) {
            list.add(elements.value(i));
        }
        return list;
    }
}
