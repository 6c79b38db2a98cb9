package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.CloudStore;
import dev.finetune4j.data.source.DataFile;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files behind an entry, wherever they are, and their rows one file after the other. */
public final class DatasetFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DatasetFiles.class);
    private static final Set<String> JSON = Set.of("json", "jsonl");
    private static final String PARQUET = "parquet";

    private final DatasetEntry entry;
    private final HubFiles hub;

    private DatasetFiles(DatasetEntry entry, HubFiles hub) {
        this.entry = entry;
        this.hub = hub;
    }

    /** All rows of an entry that lies on no hub. */
    public static Dataset<Row> rows(DatasetEntry entry) {
        return rows(entry, HubFiles.NONE);
    }

    /**
     * All rows of an entry. Names and extensions are checked now, contents when somebody iterates.
     *
     * @throws DataException if a file is missing, no reader knows its kind, or kinds are mixed
     * @throws dev.finetune4j.core.error.UnsupportedException if the entry lies on a hub that cannot be reached
     */
    public static Dataset<Row> rows(DatasetEntry entry, HubFiles hub) {
        DatasetFiles files = new DatasetFiles(entry, hub);
        return entry.split().of(files::split, "data set \"" + entry.name() + "\"");
    }

    /** The files of all splits that an entry names, in order. */
    public static List<DataFile> of(DatasetEntry entry, HubFiles hub) {
        DatasetFiles files = new DatasetFiles(entry, hub);
        return entry.split().parts().stream()
                .map(SplitSpec.Part::split)
                .distinct()
                .flatMap(split -> files.files(split).stream())
                .toList();
    }

    private Dataset<Row> split(String split) {
        List<Dataset<Row>> parts = new ArrayList<>();
        Map<DataFile, RecordReader> readers = new LinkedHashMap<>();
        for (DataFile file : files(split)) {
            readers.put(file, reader(file));
        }
        checkOneKind(readers);
        readers.forEach((file, reader) ->
                parts.add(Dataset.from(() -> reader.open(file, entry.name()), OptionalLong.empty())));
        return parts.size() == 1 ? parts.get(0) : Dataset.concat(parts);
    }

    private List<DataFile> files(String split) {
        Origin origin = entry.origin();
        if (origin instanceof Origin.Local local) {
            return new LocalFiles(local.location(), entry.name())
                    .of(split).stream().map(DataFile::of).toList();
        }
        if (origin instanceof Origin.Hub place) {
            return hub.files(entry, place, split);
        }
        if (origin instanceof Origin.Cloud cloud) {
            if (!split.equals("train") && !split.equals(SplitSpec.ALL)) {
                throw new DataException(
                        cloud.address(),
                        "Data set \"" + entry.name() + "\" has no split \"" + split + "\". Its splits: train.");
            }
            return cloud(cloud.address());
        }
        throw new DataException("data set \"" + entry.name() + "\"", "Its rows are in memory; it has no files.");
    }

    /** Behind a prefix lie notes and marks of jobs as well: JSON where there is any, otherwise what can be read. */
    private List<DataFile> cloud(String address) {
        List<DataFile> all = CloudStore.list(address);
        if (all.size() == 1 && all.get(0).name().equals(address)) {
            return all;
        }
        List<String> known = RecordReader.knownExtensions();
        List<DataFile> readable = all.stream()
                .filter(file ->
                        known.contains(file.extension()) || file.extension().equals(PARQUET))
                .toList();
        List<DataFile> json = readable.stream()
                .filter(file -> JSON.contains(file.extension()))
                .toList();
        List<DataFile> taken = json.isEmpty() ? readable : json;
        if (taken.isEmpty()) {
            throw new DataException(
                    address,
                    "None of the " + all.size() + " keys behind this address of data set \"" + entry.name()
                            + "\" can be read. Readable: " + String.join(", ", known) + ".");
        }
        if (taken.size() < all.size()) {
            LOG.info("{}: {} of {} keys are read", address, taken.size(), all.size());
        }
        return taken;
    }

    /** The kind that fewest files have is the odd one. */
    private static void checkOneKind(Map<DataFile, RecordReader> readers) {
        Map<String, List<DataFile>> kinds = new LinkedHashMap<>();
        readers.forEach((file, reader) ->
                kinds.computeIfAbsent(reader.name(), name -> new ArrayList<>()).add(file));
        if (kinds.size() < 2) {
            return;
        }
        Map.Entry<String, List<DataFile>> odd = kinds.entrySet().stream()
                .min(Comparator.comparingInt(kind -> kind.getValue().size()))
                .orElseThrow();
        throw new DataException(
                odd.getValue().get(0).name(),
                "The files of one data set must be of one kind; this one is " + odd.getKey() + " among "
                        + String.join(", ", kinds.keySet()) + ". Move it elsewhere.");
    }

    private RecordReader reader(DataFile file) {
        String extension = file.extension();
        return RecordReader.forExtension(extension).orElseThrow(() -> {
            List<String> known = RecordReader.knownExtensions();
            String way = extension.equals(PARQUET)
                    ? "Reading .parquet needs the dependency dev.finetune4j:finetune4j-data-parquet. Add it to the class"
                            + " path."
                    : "No reader knows the extension \"" + extension + "\"." + Nearest.sentence(extension, known)
                            + " Readable: " + String.join(", ", known) + ".";
            return new DataException(file.name(), way);
        });
    }
}
