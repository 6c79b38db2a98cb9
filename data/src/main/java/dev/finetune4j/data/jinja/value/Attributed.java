package dev.finetune4j.data.jinja.value;

import org.jspecify.annotations.Nullable;

/** A value whose attributes are part of the template language: loops, namespaces, macros. */
public interface Attributed {
    /** Null where there is none of that name. */
    @Nullable
    Object attribute(String name);

    /** For messages and for printing. */
    String typeName();
}
