package dev.finetune4j.data.arrow.internal.vector;

import org.jspecify.annotations.Nullable;

/** The values of one column in one batch, as a view of the file. Immutable and thread-safe. */
public abstract sealed class Vector
        permits FixedVector, BytesVector, ListVector, StructVector, DictionaryVector, Vector.Nothing {
    final Extent extent;

    Vector(Extent extent) {
        this.extent = extent;
    }

    public final int length() {
        return extent.length();
    }

    public boolean isNull(int index) {
        return extent.isNull(index);
    }

    /** As in JSON: text, number, boolean, list, map, null; bytes are {@code byte[]}. */
    public final @Nullable Object value(int index) {
        return isNull(index) ? null : present(index);
    }

    /** The value at an index where there is one. */
    abstract @Nullable Object present(int index);

    /** A column of type null. */
    static final class Nothing extends Vector {
        Nothing(Extent extent) {
            super(extent);
        }

        @Override
        public boolean isNull(int index) {
            java.util.Objects.checkIndex(index, extent.length());
            return true;
        }

        @Override
        @Nullable
        Object present(int index) {
            return null;
        }
    }
}
