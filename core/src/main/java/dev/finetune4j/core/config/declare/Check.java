package dev.finetune4j.core.config.declare;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of one record's components. All violations are collected and thrown together by {@link #done()}; an absent
 * value passes every check. Each problem's text begins with its key, to which the binder adds where it was given.
 */
public final class Check {
    private final List<Problem> problems = new ArrayList<>();

    public Check atLeast(String key, @Nullable Number value, double lowest) {
        return that(value == null || value.doubleValue() >= lowest, key, value, "must be at least " + plain(lowest));
    }

    public Check above(String key, @Nullable Number value, double bound) {
        return that(value == null || value.doubleValue() > bound, key, value, "must be greater than " + plain(bound));
    }

    /** Both ends belong to the range. */
    public Check between(String key, @Nullable Number value, double lowest, double highest) {
        boolean inside = value == null || (value.doubleValue() >= lowest && value.doubleValue() <= highest);
        return that(inside, key, value, "must lie between " + plain(lowest) + " and " + plain(highest));
    }

    /** {@code lowest} belongs to the range, {@code bound} does not. */
    public Check inRange(String key, @Nullable Number value, double lowest, double bound) {
        boolean inside = value == null || (value.doubleValue() >= lowest && value.doubleValue() < bound);
        return that(inside, key, value, "must be at least " + plain(lowest) + " and less than " + plain(bound));
    }

    /** A share below 1 of the whole run, or a whole number of steps. */
    public Check interval(String key, @Nullable Double value) {
        boolean share = value == null || (value > 0 && value < 1);
        boolean steps = value != null && value >= 1 && value == Math.rint(value);
        return that(share || steps, key, value, "must be a whole number of steps, or a share of the run below 1");
    }

    /**
     * @param demand the rest of a sentence that begins with the key, such as {@code must be at least 1}
     */
    public Check that(boolean holds, String key, @Nullable Object value, String demand) {
        if (!holds) {
            String found = shown(value);
            problems.add(new Problem(key, found, "", key + " " + demand + ", found " + found + ".", ""));
        }
        return this;
    }

    /** @throws ConfigException listing every check that failed */
    public void done() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** Unmodifiable copy in the given order; entries must not be null. */
    public static Map<String, Object> copyOf(Map<String, Object> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static String shown(@Nullable Object value) {
        return value instanceof Double number ? plain(number) : Objects.toString(value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
