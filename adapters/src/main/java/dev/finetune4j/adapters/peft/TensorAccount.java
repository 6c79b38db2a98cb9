package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the tensors of an adapter file with the places they should fill. An adapter that fits only in part would load and
 * do something else than it learned, or nothing at all, so any difference is an error.
 */
final class TensorAccount {
    private static final int LISTED = 10;

    private static final Pattern INSIDE_WRAPPER =
            Pattern.compile("(.*)[.](?:modules_to_save|original_module)([.](?:weight|bias))");

    private static final Pattern NUMBERED = Pattern.compile("[.]\\d+[.]");

    private final Path file;
    private final Map<String, long[]> places;
    private final Set<String> tables;
    private final Map<String, WeightSource.Entry> tensors;

    /** @param tables those of the places that have a row for each token */
    TensorAccount(Path file, Map<String, long[]> places, Set<String> tables, Map<String, WeightSource.Entry> tensors) {
        this.file = file;
        this.places = places;
        this.tables = tables;
        this.tensors = tensors;
    }

    /**
     * PEFT 0.18 stores tables of a resized model once more under the names that they have inside its own wrapper: what trained,
     * and the original that it replaced.
     */
    private boolean isRepetition(String name) {
        Matcher inside = INSIDE_WRAPPER.matcher(name);
        return inside.matches() && places.containsKey(inside.group(1) + inside.group(2));
    }

    /**
     * @throws WeightException listing tensors without a place, places without a tensor and shapes that differ
     */
    void settle() {
        Set<String> extra = new TreeSet<>(tensors.keySet());
        extra.removeAll(places.keySet());
        extra.removeIf(this::isRepetition);
        Set<String> missing = new TreeSet<>(places.keySet());
        missing.removeAll(tensors.keySet());
        List<String> problems = new ArrayList<>();
        tensors.forEach((name, entry) -> {
            if (extra.contains(name)) {
                problems.add("no place for " + name + " " + Arrays.toString(entry.shape()));
            }
        });
        places.forEach((name, shape) -> {
            WeightSource.Entry entry = tensors.get(name);
            if (entry == null) {
                problems.add("missing: " + name + " " + Arrays.toString(shape));
            } else if (!Arrays.equals(entry.shape(), shape)) {
                problems.add(name + ": the model and adapter_config.json need " + Arrays.toString(shape) + ", found "
                        + Arrays.toString(entry.shape()) + resized(name, shape, entry.shape()));
            } else if (!entry.dtype().isFloating()) {
                problems.add(name + ": stored as " + entry.dtype().safetensorsName()
                        + ", which is no floating-point format");
            }
        });
        if (!problems.isEmpty()) {
            throw new WeightException(file + ": the adapter does not fit this model (" + problems.size() + " of "
                    + tensors.size() + " tensors in the file, " + places.size() + " expected):\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(LISTED, problems.size())))
                    + (problems.size() > LISTED ? "\n  and " + (problems.size() - LISTED) + " more" : "")
                    + "\n" + advice(extra, missing));
        }
    }

    private String resized(String name, long[] needed, long[] found) {
        return tables.contains(name) && found.length == 2 && found[1] == needed[1]
                ? " (the adapter was trained on a model with another number of embedding rows)"
                : "";
    }

    /** Finds a tensor and a place whose names differ only in how they begin. */
    private String advice(Set<String> extra, Set<String> missing) {
        for (String name : extra) {
            for (String place : missing) {
                String tail = commonTail(name, place);
                if (tail.contains(".lora_") && NUMBERED.matcher(tail).find()) {
                    return "The file's names begin with \"" + start(name, tail) + "\" where \"" + start(place, tail)
                            + "\" is expected: the adapter was made for this model wrapped in another way.";
                }
            }
        }
        return "The adapter was trained on another base model, or adapter_config.json belongs to other tensors.";
    }

    private static String start(String name, String tail) {
        return name.substring(0, name.length() - tail.length());
    }

    /** The longest common end that begins at a dot. */
    private static String commonTail(String one, String other) {
        int length = 0;
        int limit = Math.min(one.length(), other.length());
        while (length < limit && one.charAt(one.length() - 1 - length) == other.charAt(other.length() - 1 - length)) {
            length++;
        }
        String tail = one.substring(one.length() - length);
        int dot = length == one.length() || length == other.length() ? 0 : tail.indexOf('.');
        return dot < 0 ? "" : tail.substring(dot);
    }
}
