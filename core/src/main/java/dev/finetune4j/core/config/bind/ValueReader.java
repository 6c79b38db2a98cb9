package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.YamlText;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Converts one given value to the type of its component. Tolerates what LLaMA-Factory's users write: numbers as texts,
 * {@code True}, {@code yes}, comma lists, maps as JSON texts.
 */
final class ValueReader {
    private ValueReader() {}

    /** @throws ValueException if the value has another kind or is none of the key's choices */
    static @Nullable Object read(BoundKey key, JsonNode node) {
        if (key.auto() && node.isTextual() && node.textValue().equalsIgnoreCase("auto")) {
            return null;
        }
        Class<?> type = key.type();
        if (type == boolean.class || type == Boolean.class) {
            return Scalars.flag(node);
        }
        if (type == int.class || type == Integer.class) {
            return Math.toIntExact(Scalars.whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        if (type == long.class || type == Long.class) {
            return Scalars.whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return Scalars.number(node);
        }
        if (type == List.class) {
            return Words.list(key, node);
        }
        if (type == Map.class) {
            return Maps.read(node);
        }
        return text(key, node);
    }

    private static Object text(BoundKey key, JsonNode node) {
        String text = Scalars.text(node);
        if (key.type().isEnum()) {
            return Words.constant(key, text);
        }
        if (key.type() == Path.class) {
            return path(text);
        }
        return key.type() == String.class ? Words.checked(key, text) : parsed(key.type(), text);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ValueException("is not a path: " + e.getReason() + ", found " + text, "");
        }
    }

    /** Any other type reads itself by a static method {@code parse(String)}. */
    private static Object parsed(Class<?> type, String text) {
        try {
            return Objects.requireNonNull(type.getMethod("parse", String.class).invoke(null, text));
        } catch (InvocationTargetException e) {
            throw new ValueException(e.getTargetException().getMessage() + ", found " + text, "");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " needs a public static parse(String)", e);
        }
    }

    static String describe(BoundKey key) {
        Class<?> type = key.type();
        if (type == List.class) {
            return "list";
        }
        if (type == Map.class) {
            return "map";
        }
        if (type.isEnum()) {
            return "word";
        }
        return switch (type.getSimpleName()) {
            case "boolean", "Boolean" -> "true or false";
            case "int", "Integer", "long", "Long" -> "whole number";
            case "double", "Double" -> "number";
            case "Path" -> "path";
            case "MemoryBudget" -> "memory";
            default -> key.choices().isEmpty() ? "text" : "word";
        };
    }

    static String shown(JsonNode node) {
        return YamlText.of(node);
    }
}
