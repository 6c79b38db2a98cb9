package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.finetune4j.core.config.declare.Auto;
import dev.finetune4j.core.config.declare.Choices;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import dev.finetune4j.core.config.declare.Later;
import dev.finetune4j.core.config.declare.NullMeans;
import dev.finetune4j.core.config.source.Document;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key that a record component honours.
 *
 * @param name snake_case key
 * @param group the record it belongs to
 * @param component where its type and annotations are
 */
public record BoundKey(String name, Class<?> group, RecordComponent component) {
    /** Whether a component's type is a nested group of keys rather than a value. */
    static boolean isGroup(Class<?> type) {
        return type.isRecord() && type.getSimpleName().endsWith("Arguments");
    }

    public Class<?> type() {
        return component.getType();
    }

    /** Text of the default as written in a settings file, if it has one. */
    public Optional<String> defaultText() {
        return annotation(Default.class).map(Default::value);
    }

    /** The default as a node; a null node where the key is absent unless given. */
    public JsonNode defaultNode() {
        return defaultText().map(text -> Document.value(text, "default")).orElse(NullNode.getInstance());
    }

    /** Whether a value that fits this key is the one it has when not given. */
    public boolean isDefault(JsonNode value) {
        return Objects.equals(ValueReader.read(this, value), RecordBinder.defaultOf(this));
    }

    /** The words it may be, lower-case; empty where any value of the type will do. */
    public List<String> choices() {
        Object[] constants = type().getEnumConstants();
        if (constants != null) {
            return Arrays.stream(constants)
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .toList();
        }
        return annotation(Choices.class)
                .map(choices -> List.of(choices.value()))
                .orElse(List.of());
    }

    /** The words that are known and refused in this version. */
    public List<String> later() {
        return annotation(Later.class).map(later -> List.of(later.value())).orElse(List.of());
    }

    /** What honours this key, where that is something else than its name says. */
    public Optional<String> equivalent() {
        return annotation(Equivalent.class).map(Equivalent::value);
    }

    /** The word for an explicit null, where that differs from absence. */
    public Optional<String> nullMeans() {
        return annotation(NullMeans.class).map(NullMeans::value);
    }

    /** Whether {@code auto} means absent. */
    boolean auto() {
        return component.isAnnotationPresent(Auto.class);
    }

    /** The kind of value as a user would say it. */
    public String typeName() {
        return ValueReader.describe(this);
    }

    private <A extends Annotation> Optional<A> annotation(Class<A> type) {
        @Nullable A found = component.getAnnotation(type);
        return Optional.ofNullable(found);
    }
}
