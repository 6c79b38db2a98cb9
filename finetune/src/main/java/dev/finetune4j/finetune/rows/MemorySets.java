package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Readings;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data sets that the calling program holds, by the names that {@code dataset} and {@code eval_dataset} give them. Their
 * rows are read anew for each pass and look like rows of a file: {@code instruction}, {@code input}, {@code output},
 * {@code system} and {@code history}, or {@code text} for pretraining.
 *
 * @param rows by name
 */
public record MemorySets(Map<String, Iterable<? extends Map<String, ? extends @Nullable Object>>> rows) {
    /** None. */
    public static final MemorySets NONE = new MemorySets(Map.of());

    private static final Columns TEXT = Columns.of(Map.of("prompt", "text"));
    private static final Columns ALPACA = Columns.of(Map.of(
            "prompt", "instruction", "query", "input", "response", "output", "system", "system", "history", "history"));

    public MemorySets {
        rows = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    }

    boolean contains(String name) {
        return rows.containsKey(name);
    }

    /**
     * The sets of these names, end to end, each up to a number of rows.
     *
     * @throws UnsupportedException if some of the names are only in the catalog
     */
    Dataset<Reading> open(List<String> names, Stage stage, @Nullable Integer mostRows) {
        List<Dataset<Reading>> sets = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            sets.add(open(name, stage, mostRows));
        }
        return Dataset.concat(sets);
    }

    private Dataset<Reading> open(String name, Stage stage, @Nullable Integer mostRows) {
        Iterable<? extends Map<String, ? extends @Nullable Object>> given = rows.get(name);
        if (given == null) {
            throw new UnsupportedException("Data set \"" + name
                    + "\" comes from dataset_info.json and others of this run" + " from memory. Name only one kind.");
        }
        Columns columns = stage == Stage.PT ? TEXT : ALPACA;
        Dataset<Reading> readings =
                Readings.ofRows(given, DatasetEntry.inMemory(name, "alpaca", columns, Tags.DEFAULTS));
        return mostRows == null ? readings : readings.take(mostRows);
    }
}
