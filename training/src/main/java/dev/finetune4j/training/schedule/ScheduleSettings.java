package dev.finetune4j.training.schedule;

import dev.finetune4j.core.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a schedule is made from. Remembers which extra entries were read, so that none is silently ignored. */
public final class ScheduleSettings {
    private static final String KEY = "lr_scheduler_kwargs";

    private final double learningRate;
    private final int warmupSteps;
    private final int totalSteps;
    private final Map<String, Object> extra;
    private final TreeSet<String> known = new TreeSet<>();

    /**
     * @param learningRate configured rate; > 0
     * @param warmupSteps updates of warm-up, see {@link #warmupSteps(double, Double, int)}
     * @param totalSteps updates of the whole run
     * @param extra {@code lr_scheduler_kwargs}
     */
    public ScheduleSettings(double learningRate, int warmupSteps, int totalSteps, Map<String, ?> extra) {
        this.learningRate = learningRate;
        this.warmupSteps = warmupSteps;
        this.totalSteps = totalSteps;
        this.extra = new LinkedHashMap<>(extra);
    }

    /**
     * Updates of warm-up. A ratio replaces the steps whenever it is given, as in transformers 5; shares round up.
     *
     * @param steps {@code warmup_steps}; below 1 it is a share of the run
     * @param ratio {@code warmup_ratio}, or null
     */
    public static int warmupSteps(double steps, @Nullable Double ratio, int totalSteps) {
        if (ratio != null) {
            return (int) Math.ceil(totalSteps * ratio);
        }
        return steps >= 1 ? (int) steps : (int) Math.ceil(totalSteps * steps);
    }

    public double learningRate() {
        return learningRate;
    }

    public int warmupSteps() {
        return warmupSteps;
    }

    public int totalSteps() {
        return totalSteps;
    }

    /** An extra entry as a number. */
    public double number(String key, double absent) {
        Double value = number(key);
        return value == null ? absent : value;
    }

    /** An extra entry as a number; null if it is not given. */
    public @Nullable Double number(String key) {
        known.add(key);
        Object value = extra.get(key);
        if (value == null) {
            return null;
        }
        try {
            return value instanceof Number n
                    ? n.doubleValue()
                    : Double.parseDouble(value.toString().strip());
        } catch (NumberFormatException e) {
            throw problem(key, value, "must be a number, found \"" + value + "\"");
        }
    }

    /** An extra entry as a whole number. */
    public int steps(String key, int absent) {
        double value = number(key, absent);
        if (value < 0 || value != Math.rint(value)) {
            throw problem(key, value, "must be a whole number of steps from 0, found " + value);
        }
        return (int) value;
    }

    /** An extra entry as one of some words. */
    public String word(String key, String absent, List<String> words) {
        known.add(key);
        Object value = extra.getOrDefault(key, absent);
        if (!words.contains(String.valueOf(value))) {
            throw problem(key, value, "must be one of " + words + ", found \"" + value + "\"");
        }
        return String.valueOf(value);
    }

    /** The error for a bad extra entry; {@code what} completes the sentence that its key begins. */
    public ConfigException problem(String key, @Nullable Object value, String what) {
        return new ConfigException(
                new ConfigException.Problem(KEY, String.valueOf(value), "", KEY + "." + key + " " + what + ".", ""));
    }

    void checkAllRead(String name) {
        for (Map.Entry<String, Object> entry : extra.entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw problem(
                        entry.getKey(),
                        entry.getValue(),
                        "is unknown to the schedule " + name + ", which takes "
                                + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    /** Linear warm-up: share of the way for a step below {@link #warmupSteps()}. */
    double warmup(long step) {
        return (double) step / Math.max(1, warmupSteps);
    }

    /** Share of the steps after warm-up that are done: 0 at its end, 1 at the end of the run. */
    double progress(long step) {
        return (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    }
}
