package dev.finetune4j.data.arrow.internal.vector;

import org.jspecify.annotations.Nullable;

/** Indices into a column of distinct values. */
public final class DictionaryVector extends Vector {
    private final FixedVector indices;
    private final Vector values;

    DictionaryVector(Extent extent, FixedVector indices, Vector values) {
        super(extent);
        this.indices = indices;
        this.values = values;
    }

    public Vector values() {
        return values;
    }

    /** Where the value of an index stands in the dictionary. */
    public int place(int index) {
        long place = indices.number(index);
        if (place < 0 || place >= values.length()) {
            throw extent.damaged("index " + place + " points outside a dictionary of " + values.length() + ".");
        }
        return (int) place;
    }

    @Override
    @Nullable
    Object present(int index) {
        return values.value(place(index));
    }
}
