package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.Setting;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the records of a schema from given settings. A component at fault takes its default, so that one pass finds
 * the problems of all others as well.
 */
public final class RecordBinder {
    private final Map<String, Setting> given;
    private final Problems problems;

    /**
     * @param given settings by key, none of them absent
     * @param problems receives what is wrong
     */
    public RecordBinder(Map<String, Setting> given, Problems problems) {
        this.given = given;
        this.problems = problems;
    }

    public <T extends Record> T bind(Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(type, components[i]);
        }
        try {
            return construct(type, values);
        } catch (ConfigException e) {
            e.problems().forEach(this::report);
            return construct(type, repaired(type, values, e));
        }
    }

    private @Nullable Object value(Class<?> group, RecordComponent component) {
        if (BoundKey.isGroup(component.getType())) {
            return bind(component.getType().asSubclass(Record.class));
        }
        BoundKey key = new BoundKey(Schema.keyOf(component), group, component);
        Setting setting = given.get(key.name());
        if (setting == null) {
            return defaultOf(key);
        }
        try {
            return ValueReader.read(key, setting.value());
        } catch (ValueException e) {
            String intro = e.isLater() ? "known, not available yet: " + setting.where() + ", " : setting.where() + " ";
            problems.add(setting, intro + e.text() + end(e.text()), e.suggestion());
            return defaultOf(key);
        }
    }

    private static String end(String text) {
        return text.endsWith("?") ? "" : ".";
    }

    /** The default of a key; null, or an empty list or map, without one. */
    static @Nullable Object defaultOf(BoundKey key) {
        JsonNode node = key.defaultNode();
        if (!node.isNull()) {
            return ValueReader.read(key, node);
        }
        if (key.type() == List.class) {
            return List.of();
        }
        return key.type() == Map.class ? Map.of() : null;
    }

    /** Adds the origin to a problem of a compact constructor; only a wrong default has none. */
    private void report(Problem problem) {
        Setting setting = given.get(problem.key());
        if (setting == null) {
            problems.add(problem);
        } else {
            problems.add(problem, setting);
        }
    }

    private static @Nullable Object[] repaired(Class<?> type, @Nullable Object[] values, ConfigException cause) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] repaired = values.clone();
        List<String> wrong = cause.problems().stream().map(Problem::key).toList();
        for (int i = 0; i < components.length; i++) {
            String name = Schema.keyOf(components[i]);
            if (wrong.contains(name)) {
                repaired[i] = defaultOf(new BoundKey(name, type, components[i]));
            }
        }
        return repaired;
    }

    private static <T> T construct(Class<T> type, @Nullable Object[] values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConfigException problems) {
                throw problems;
            }
            throw new IllegalStateException("cannot build " + type.getSimpleName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot build " + type.getSimpleName(), e);
        }
    }

    /** Every key of a tree of records with its value, in order. */
    public static Map<String, @Nullable Object> valuesOf(Record tree) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        collect(tree, values);
        return values;
    }

    private static void collect(Record record, Map<String, @Nullable Object> values) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = read(record, component);
            if (value instanceof Record group && BoundKey.isGroup(component.getType())) {
                collect(group, values);
            } else {
                values.put(Schema.keyOf(component), value);
            }
        }
    }

    private static @Nullable Object read(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
