package dev.finetune4j.data.jinja.value;

import org.jspecify.annotations.Nullable;

/** What a name or an attribute that does not exist gives: prints as nothing, is false, has no elements; all else fails. */
public final class Undefined {
    private final @Nullable String owner;
    private final String name;
    private final @Nullable String hint;

    private Undefined(@Nullable String owner, String name, @Nullable String hint) {
        this.owner = owner;
        this.name = name;
        this.hint = hint;
    }

    public static Undefined variable(String name) {
        return new Undefined(null, name, null);
    }

    /** @param owner what kind of thing lacks the attribute or element */
    public static Undefined member(String owner, String name) {
        return new Undefined(owner, name, null);
    }

    public static Undefined because(String hint) {
        return new Undefined(null, "", hint);
    }

    /** An attribute that exists and may not be touched. */
    public static Undefined unsafe(String owner, String name) {
        return because("access to attribute '" + name + "' of a " + owner
                + " is not allowed: templates may neither change values nor reach behind them");
    }

    /** What using it means. */
    public Fault fault() {
        if (hint != null) {
            return new Fault(hint);
        }
        return new Fault(owner == null ? "'" + name + "' is undefined" : "a " + owner + " has no '" + name + "'");
    }
}
