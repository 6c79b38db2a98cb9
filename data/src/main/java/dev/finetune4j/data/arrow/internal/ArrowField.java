package dev.finetune4j.data.arrow.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One column, or one part of a nested column.
 *
 * @param type of the values; for a dictionary column of the dictionary's values
 * @param dictionary where the column stores indices, null otherwise
 */
public record ArrowField(
        String name,
        FieldType type,
        List<ArrowField> children,
        @Nullable Coding dictionary) {
    public ArrowField {
        children = List.copyOf(children);
    }

    /** How a dictionary column refers to its dictionary. */
    public record Coding(long id, FieldType index) {}

    /** The same values where they are stored themselves. */
    ArrowField decoded() {
        return new ArrowField(name, type, children, null);
    }

    @Override
    public String toString() {
        return children.isEmpty() ? type.toString() : type + "<" + children + ">";
    }
}
