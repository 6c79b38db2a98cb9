package dev.finetune4j.data.jinja.value;

import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} give: has a length and elements, but no places. */
public record DictView(Kind kind, Map<?, ?> map) {
    /** What of the map it shows. */
    public enum Kind {
        KEYS,
        VALUES,
        ITEMS
    }
}
