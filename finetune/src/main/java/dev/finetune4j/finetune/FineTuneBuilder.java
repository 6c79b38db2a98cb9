package dev.finetune4j.finetune;

import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.finetune.rows.HeldRows;
import dev.finetune4j.finetune.rows.MemorySets;
import dev.finetune4j.training.listener.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects settings. Every method writes one key, and every key that a YAML file may hold can be written with {@link #set};
 * what is given later wins. Nothing is checked before {@link #build}. Confined to one thread.
 */
public final class FineTuneBuilder {
    private final Settings settings = new Settings();
    private final Map<String, HeldRows> memory = new LinkedHashMap<>();
    private @Nullable Map<String, ? extends Map<String, ?>> catalog;
    private final List<TrainingListener> listeners = new ArrayList<>();

    FineTuneBuilder() {}

    /**
     * Every key of a settings file, YAML or JSON.
     *
     * @throws dev.finetune4j.core.error.ConfigException if the file cannot be read or is not well-formed
     */
    public FineTuneBuilder yaml(Path file) {
        settings.file(file);
        return this;
    }

    /** Settings as a command line gives them, {@code key=value}. */
    public FineTuneBuilder overrides(List<String> keysAndValues) {
        settings.overrides(keysAndValues);
        return this;
    }

    /** Any key by its name in YAML; null takes it back. */
    public FineTuneBuilder set(String key, @Nullable Object value) {
        settings.set(key, value);
        return this;
    }

    /** Folder of the model to tune; {@code model_name_or_path}. */
    public FineTuneBuilder model(String folder) {
        return set("model_name_or_path", folder);
    }

    /** What to train for; {@code stage}. */
    public FineTuneBuilder stage(Stage stage) {
        return set("stage", stage);
    }

    /** Low-rank updates beside frozen weights; {@code finetuning_type: lora} and its settings. */
    public FineTuneBuilder lora(Consumer<LoraBuilder> lora) {
        lora.accept(new LoraBuilder(this));
        return set("finetuning_type", "lora");
    }

    /** Some layers of the model; {@code finetuning_type: freeze} and its settings. */
    public FineTuneBuilder freeze(Consumer<FreezeBuilder> freeze) {
        freeze.accept(new FreezeBuilder(this));
        return set("finetuning_type", "freeze");
    }

    /** All of the model's weights; {@code finetuning_type: full}. */
    public FineTuneBuilder full() {
        return set("finetuning_type", "full");
    }

    /** Training sets by their names in {@code dataset_info.json}; {@code dataset}. */
    public FineTuneBuilder dataset(String... names) {
        return set("dataset", List.of(names));
    }

    /**
     * Gives rows that the program holds a name, for {@link #dataset(String...)}, {@link #evalDataset(String...)} or a settings
     * file to use beside names of {@code dataset_info.json}; where both know a name, these rows are taken.
     *
     * @param rows with {@code instruction}, {@code input}, {@code output}, {@code system} and {@code history}, or with
     *     {@code text} for pretraining; read anew for every run
     */
    public FineTuneBuilder rows(String name, Iterable<? extends Map<String, ? extends @Nullable Object>> rows) {
        memory.put(name, HeldRows.of(rows));
        return this;
    }

    /**
     * The same for rows of another layout.
     *
     * @param description how they are read, with the keys {@code formatting}, {@code ranking}, {@code columns} and {@code
     *     tags} as {@code dataset_info.json} has them
     */
    public FineTuneBuilder rows(
            String name, Iterable<? extends Map<String, ? extends @Nullable Object>> rows, Map<String, ?> description) {
        memory.put(name, HeldRows.of(rows, description));
        return this;
    }

    /**
     * The same for the rows of a database query, fetched as they are read; each pass runs the query again.
     *
     * @param sql with an order, so that every pass has the same
     * @param description as in {@link #rows(String, Iterable, Map)}
     */
    public FineTuneBuilder query(String name, DataSource source, String sql, Map<String, ?> description) {
        memory.put(name, HeldRows.of(source, sql, description));
        return this;
    }

    /**
     * The catalog itself, in place of {@code dataset_info.json}; files that it names are looked for in {@code dataset_dir}.
     *
     * @param descriptions by name, as the file would hold them
     */
    public FineTuneBuilder datasetInfo(Map<String, ? extends Map<String, ?>> descriptions) {
        catalog = Map.copyOf(descriptions);
        return this;
    }

    /** One training set, of rows that the program holds; see {@link #rows}. */
    public FineTuneBuilder dataset(String name, Iterable<? extends Map<String, ? extends @Nullable Object>> rows) {
        return rows(name, rows).dataset(name);
    }

    /** Evaluation sets by their names in {@code dataset_info.json}; {@code eval_dataset}. */
    public FineTuneBuilder evalDataset(String... names) {
        return set("eval_dataset", List.of(names));
    }

    /** One evaluation set, of rows that the program holds; see {@link #rows}. */
    public FineTuneBuilder evalDataset(String name, Iterable<? extends Map<String, ? extends @Nullable Object>> rows) {
        return rows(name, rows).evalDataset(name);
    }

    /** Folder of {@code dataset_info.json}; {@code dataset_dir}. */
    public FineTuneBuilder datasetDir(Path folder) {
        return set("dataset_dir", folder);
    }

    /** Name of the chat template; {@code template}. */
    public FineTuneBuilder template(String name) {
        return set("template", name);
    }

    /** Most tokens of a row; {@code cutoff_len}. */
    public FineTuneBuilder cutoffLen(int tokens) {
        return set("cutoff_len", tokens);
    }

    /** Name of the update rule; {@code optim}. */
    public FineTuneBuilder optimizer(String name) {
        return set("optim", name);
    }

    /** Highest rate of the schedule; {@code learning_rate}. */
    public FineTuneBuilder learningRate(double rate) {
        return set("learning_rate", rate);
    }

    /** Passes over the training rows; {@code num_train_epochs}. */
    public FineTuneBuilder epochs(double epochs) {
        return set("num_train_epochs", epochs);
    }

    /** Where results go; {@code output_dir}. */
    public FineTuneBuilder outputDir(Path folder) {
        return set("output_dir", folder);
    }

    /** Somebody who is told of steps, logs and saves. */
    public FineTuneBuilder listener(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Checks everything at once.
     *
     * @throws dev.finetune4j.core.error.ConfigException listing every problem
     */
    public FineTune build() {
        return FineTune.of(settings, new MemorySets(memory, catalog), listeners);
    }
}
