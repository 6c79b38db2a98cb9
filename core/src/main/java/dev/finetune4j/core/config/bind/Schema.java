package dev.finetune4j.core.config.bind;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All keys of a tree of records, in the order of their components. Immutable. */
public final class Schema {
    private final Class<? extends Record> root;
    private final Map<String, BoundKey> keys = new LinkedHashMap<>();

    private Schema(Class<? extends Record> root) {
        this.root = root;
        collect(root);
    }

    /** @throws IllegalStateException if two components have the same name */
    public static Schema of(Class<? extends Record> root) {
        return new Schema(root);
    }

    public Class<? extends Record> root() {
        return root;
    }

    public Collection<BoundKey> keys() {
        return Collections.unmodifiableCollection(keys.values());
    }

    public Optional<BoundKey> find(String key) {
        return Optional.ofNullable(keys.get(key));
    }

    /** The key of a component: {@code loraRank} is {@code lora_rank}. */
    public static String keyOf(RecordComponent component) {
        return component.getName().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private void collect(Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (BoundKey.isGroup(component.getType())) {
                collect(component.getType());
                continue;
            }
            BoundKey key = new BoundKey(keyOf(component), type, component);
            if (keys.put(key.name(), key) != null) {
                throw new IllegalStateException("two components are named " + key.name());
            }
        }
    }
}
