package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.data.Readings;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data sets that the calling program holds, by the names that {@code dataset} and {@code eval_dataset} give them, beside
 * those of the catalog and before one of the same name. Their
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

    /** The sets as a stage reads them, by name. */
    Map<String, Dataset<Reading>> readings(Stage stage) {
        Columns columns = stage == Stage.PT ? TEXT : ALPACA;
        Map<String, Dataset<Reading>> readings = new LinkedHashMap<>();
        rows.forEach((name, set) -> readings.put(
                name, Readings.ofRows(set, DatasetEntry.inMemory(name, "alpaca", columns, Tags.DEFAULTS))));
        return readings;
    }
}
