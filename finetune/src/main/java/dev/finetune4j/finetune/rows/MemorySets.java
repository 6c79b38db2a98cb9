package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data sets that the calling program holds, by the names that {@code dataset} and {@code eval_dataset} give them, beside
 * those of the catalog and before one of the same name; and the catalog, where the program gives that too.
 *
 * @param sets by name
 * @param catalog descriptions by name, as {@code dataset_info.json} would hold them; null to read that file
 */
public record MemorySets(
        Map<String, HeldRows> sets, @Nullable Map<String, ? extends Map<String, ?>> catalog) {
    /** None. */
    public static final MemorySets NONE = new MemorySets(Map.of(), null);

    public MemorySets {
        sets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sets));
    }

    /** The sets as a stage reads them, by name. */
    Map<String, Dataset<Reading>> readings(Stage stage) {
        Map<String, Dataset<Reading>> readings = new LinkedHashMap<>();
        sets.forEach((name, rows) -> readings.put(name, rows.readings(name, stage)));
        return readings;
    }
}
