package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.data.Readings;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Rows that the calling program has, read anew for each pass. */
@FunctionalInterface
public interface HeldRows {
    /** The rows as a stage reads them. */
    Dataset<Reading> readings(String name, Stage stage);

    /**
     * Rows that look like those of a file: {@code instruction}, {@code input}, {@code output}, {@code system} and {@code
     * history}, or {@code text} for pretraining.
     */
    static HeldRows of(Iterable<? extends Map<String, ? extends @Nullable Object>> rows) {
        return (name, stage) ->
                Readings.ofRows(rows, DatasetEntry.inMemory(name, "alpaca", columns(stage), Tags.DEFAULTS));
    }

    /** Rows of a layout that a description says, as {@code dataset_info.json} would. */
    static HeldRows of(Iterable<? extends Map<String, ? extends @Nullable Object>> rows, Map<String, ?> description) {
        return (name, stage) -> Readings.ofRows(rows, DatasetCatalog.held(name, description));
    }

    /** Rows of a database query, which is run again for each pass. */
    static HeldRows of(DataSource source, String sql, Map<String, ?> description) {
        return (name, stage) -> Readings.ofQuery(source, sql, DatasetCatalog.held(name, description));
    }

    private static Columns columns(Stage stage) {
        return stage == Stage.PT
                ? Columns.of(Map.of("prompt", "text"))
                : Columns.of(Map.of(
                        "prompt",
                        "instruction",
                        "query",
                        "input",
                        "response",
                        "output",
                        "system",
                        "system",
                        "history",
                        "history"));
    }
}
