package dev.finetune4j.data.jinja.value;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A Python tuple. Two tuples are the same only if they are one object: comparing by content is charged to a budget. */
public final class Tuple extends AbstractList<Object> implements RandomAccess {
    private final List<Object> elements;
    private final boolean group;

    public Tuple(List<Object> elements) {
        this(elements, false);
    }

    private Tuple(List<Object> elements, boolean group) {
        this.elements = elements;
        this.group = group;
    }

    /** An entry of {@code groupby}, whose elements also have the names {@code grouper} and {@code list}. */
    public static Tuple group(Object grouper, List<Object> members) {
        return new Tuple(List.of(grouper, members), true);
    }

    public boolean isGroup() {
        return group;
    }

    public static Tuple of(Object... elements) {
        return new Tuple(List.of(elements));
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
