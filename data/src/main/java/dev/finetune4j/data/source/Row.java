package dev.finetune4j.data.source;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A raw record: column names to plain values (text, numbers, booleans, lists, maps).
 *
 * @param values absent and null mean the same
 */
public record Row(Map<String, ? extends @Nullable Object> values, Provenance provenance) {
    /** Value of a column, null where the row has none. */
    public @Nullable Object value(String column) {
        return values.get(column);
    }
}
