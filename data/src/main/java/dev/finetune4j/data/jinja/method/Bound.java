package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Undefined;
import org.jspecify.annotations.Nullable;

/** Arguments by the place of their parameter. */
public final class Bound {
    static final Bound NOTHING = new Bound(new Object[0], Arguments.NONE);

    private final @Nullable Object[] values;
    private final Arguments arguments;

    Bound(@Nullable Object[] values, Arguments arguments) {
        this.values = values;
        this.arguments = arguments;
    }

    /** As they were handed over. */
    public Arguments arguments() {
        return arguments;
    }

    public boolean has(int place) {
        return place < values.length && values[place] != null;
    }

    /** A required one, or one that {@link #has} found. */
    public Object get(int place) {
        Object value = place < values.length ? values[place] : null;
        if (value == null) {
            throw new IllegalStateException("argument " + place + " is optional");
        }
        return value;
    }

    public Object or(int place, Object otherwise) {
        return has(place) ? get(place) : otherwise;
    }

    /** Whether it is neither missing nor None. */
    public boolean given(int place) {
        return has(place) && get(place) != None.NONE;
    }

    public boolean flag(int place, boolean otherwise) {
        return has(place) ? Values.truth(get(place)) : otherwise;
    }

    public long whole(int place, long otherwise) {
        return has(place) ? Numbers.index(get(place)) : otherwise;
    }

    /** The text of an argument that must be one. */
    public String text(int place) {
        Object value = get(place);
        String text = Values.asText(value);
        if (text == null) {
            if (value instanceof Undefined undefined) {
                throw undefined.fault();
            }
            throw Fault.type("a " + Values.type(value) + " stands where a text is needed");
        }
        return text;
    }
}
