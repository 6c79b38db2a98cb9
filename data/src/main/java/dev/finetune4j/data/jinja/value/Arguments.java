package dev.finetune4j.data.jinja.value;

import java.util.List;
import java.util.Map;

/**
 * What a call hands over.
 *
 * @param named in the order they were written
 */
public record Arguments(List<Object> positional, Map<String, Object> named) {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    public static Arguments of(Object... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** Without the first so many positional ones. */
    public Arguments skip(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    public boolean isEmpty() {
        return positional.isEmpty() && named.isEmpty();
    }
}
