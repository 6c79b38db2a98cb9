package dev.finetune4j.data.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing whose attributes a template may set. */
public final class Namespace implements Attributed {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    public void set(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public String typeName() {
        return "namespace";
    }

    public Map<String, Object> attributes() {
        return attributes;
    }
}
