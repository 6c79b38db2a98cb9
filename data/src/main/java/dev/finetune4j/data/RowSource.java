package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.DatasetFiles;
import dev.finetune4j.data.catalog.HubFiles;
import dev.finetune4j.data.check.SetCheck;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.random.LegacyNumpyRandom;
import dev.finetune4j.data.format.ColumnCheck;
import dev.finetune4j.data.format.DatasetFormat;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.source.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens data sets by name and reads their rows as conversations, with the row sampling of a request. What the program holds
 * under a name goes before the catalog, which is read once a name needs it.
 */
final class RowSource {
    private final Path folder;
    private final Map<String, Dataset<Reading>> held;
    private final HubFiles hub;
    private final @Nullable Map<String, ? extends Map<String, ?>> descriptions;
    private final String stage;
    private final @Nullable Integer mostRows;
    private final boolean likeLlamaFactory;
    private final LegacyNumpyRandom random;
    private @Nullable DatasetCatalog catalog;

    RowSource(DataRequest request, Map<String, Dataset<Reading>> held) {
        this.folder = request.sources().folder();
        this.held = held;
        this.hub = request.sources().hub();
        this.descriptions = request.sources().descriptions();
        this.stage = request.stage();
        this.mostRows = request.sources().sampling().mostRows();
        this.likeLlamaFactory = request.rendering().masking().likeLlamaFactory();
        this.random = new LegacyNumpyRandom(request.sources().sampling().seed());
    }

    /**
     * The catalog's entries of those names.
     *
     * @throws DataException if one of them is not in the catalog but held by the program
     */
    List<DatasetEntry> entries(List<String> names) {
        List<DatasetEntry> entries = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            if (held.containsKey(name)) {
                throw new DataException(
                        "tokenized_path",
                        "Data set \"" + name + "\" is held by the program, and nothing would tell whether its rows have"
                                + " changed. Leave tokenized_path out.");
            }
            entries.add(catalog().entry(name));
        }
        return entries;
    }

    /** What one set looks like, by its first rows. */
    SetCheck check(String name) {
        try {
            DatasetEntry entry = catalog().entry(name);
            return SetCheck.of(entry, sampled(DatasetFiles.rows(entry, hub), entry), stage);
        } catch (FineTuneException e) {
            return SetCheck.faulty(name, String.valueOf(e.getMessage()));
        }
    }

    private DatasetCatalog catalog() {
        DatasetCatalog known = catalog;
        if (known == null) {
            known = descriptions == null
                    ? DatasetCatalog.open(folder, hub, System.getenv())
                    : DatasetCatalog.of(descriptions, folder);
            catalog = known;
        }
        return known;
    }

    /** One data set a name, in order; a name given twice counts once, as in LLaMA-Factory. */
    List<Dataset<Reading>> open(List<String> names) {
        List<Dataset<Reading>> sets = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            Dataset<Reading> own = held.get(name);
            sets.add(own == null ? listed(name) : mostRows == null ? own : own.take(mostRows));
        }
        return sets;
    }

    private Dataset<Reading> listed(String name) {
        DatasetEntry entry = catalog().entry(name);
        checkStage(entry);
        DatasetFormat format = format(entry);
        format.check(entry);
        Dataset<Row> rows = ColumnCheck.over(DatasetFiles.rows(entry, hub), format, entry);
        return sampled(rows, entry).map(row -> format.read(row, entry));
    }

    private DatasetFormat format(DatasetEntry entry) {
        DatasetFormat format = DatasetFormat.named(entry.formatting());
        return likeLlamaFactory ? format.likeLlamaFactory() : format;
    }

    private Dataset<Row> sampled(Dataset<Row> rows, DatasetEntry entry) {
        Dataset<Row> drawn = entry.samples() == null ? rows : draw(rows, entry.samples());
        return mostRows == null ? drawn : drawn.take(mostRows);
    }

    /** Exactly so many rows at random; more than there are means all of them, then some again. */
    private Dataset<Row> draw(Dataset<Row> rows, int count) {
        List<Row> all = rows.toList();
        int[] order = random.sample(all.size(), count);
        List<Row> drawn = new ArrayList<>(count);
        for (int index : order) {
            drawn.add(all.get(index));
        }
        return Dataset.of(drawn);
    }

    private void checkStage(DatasetEntry entry) {
        boolean compares = stage.equals("rm") || stage.equals("dpo");
        if (entry.ranking() != compares) {
            throw new DataException(
                    "data set \"" + entry.name() + "\"",
                    entry.ranking()
                            ? "ranking is true, so its rows are pairs of answers for stage rm or dpo, not for " + stage
                                    + "."
                            : "stage " + stage
                                    + " compares two answers a row, but ranking is not true in the catalog.");
        }
    }
}
