package dev.finetune4j.data.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data sets that a {@code dataset_info.json} describes, one from a folder, from a hub, or given as a map. Immutable;
 * entries are checked when asked for.
 */
public final class DatasetCatalog {
    /** Name of the catalog file inside its folder. */
    public static final String FILE_NAME = "dataset_info.json";

    /** In place of a folder: there is no catalog, every name is that of a hub's data set. */
    private static final String ONLINE = "ONLINE";
    /** In front of a hub's repository that holds the catalog. */
    private static final String REMOTE = "REMOTE:";

    /** Keys that say how rows are read. */
    private static final List<String> LAYOUT = List.of("formatting", "ranking", "columns", "tags");

    private static final char BYTE_ORDER_MARK = '\ufeff';
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** For messages: the file, or what stands for it. */
    private final String name;

    private final @Nullable Path folder;
    private final HubPreference preference;
    /** Null where every name is that of a hub's data set. */
    private final @Nullable JsonNode entries;

    private DatasetCatalog(String name, @Nullable Path folder, HubPreference preference, @Nullable JsonNode entries) {
        this.name = name;
        this.folder = folder;
        this.preference = preference;
        this.entries = entries;
    }

    /** Reads the catalog of a folder; for what lies on a hub, see the other method. */
    public static DatasetCatalog open(Path folder) {
        return open(folder, HubFiles.NONE, System.getenv());
    }

    /**
     * Reads the catalog that {@code dataset_dir} names.
     *
     * @param folder that holds the catalog, or {@code ONLINE}, or {@code REMOTE:} and a Hugging Face data set repository
     * @param hub where the latter is found
     * @param environment variables that say which hub is preferred, see {@link HubPreference}
     * @throws DataException if there is none or it is not a JSON object
     */
    public static DatasetCatalog open(Path folder, HubFiles hub, Map<String, String> environment) {
        HubPreference preference = HubPreference.of(environment);
        String spelled = folder.toString();
        if (spelled.equals(ONLINE)) {
            return new DatasetCatalog(ONLINE, null, preference, null);
        }
        if (spelled.startsWith(REMOTE)) {
            // Windows writes the slash of the repository as its own.
            Path file = hub.catalog(spelled.substring(REMOTE.length()).replace('\\', '/'));
            return new DatasetCatalog(spelled + "/" + FILE_NAME, null, preference, read(file));
        }
        Path file = folder.resolve(FILE_NAME);
        return new DatasetCatalog(file.toString(), folder, preference, read(file));
    }

    /** Descriptions given in the program, as the file would have them; files are looked for in the working directory. */
    public static DatasetCatalog of(Map<String, ? extends Map<String, ?>> descriptions) {
        return of(descriptions, Path.of(""));
    }

    /**
     * Descriptions given in the program, as the file would have them.
     *
     * @param folder against which files are resolved
     */
    public static DatasetCatalog of(Map<String, ? extends Map<String, ?>> descriptions, Path folder) {
        return new DatasetCatalog("catalog", folder, HubPreference.of(System.getenv()), JSON.valueToTree(descriptions));
    }

    /**
     * The description of rows that the program holds, with the keys that say how rows are read: {@code formatting}, {@code
     * ranking}, {@code columns} and {@code tags}.
     *
     * @throws DataException if a key is unknown, of the wrong type, or says where rows are
     */
    public static DatasetEntry held(String dataset, Map<String, ?> description) {
        for (String key : description.keySet()) {
            if (!LAYOUT.contains(key)) {
                throw new DataException(
                        "data set \"" + dataset + "\"",
                        "\"" + key + "\" does not describe rows that the program gives." + Nearest.sentence(key, LAYOUT)
                                + " Known here: " + String.join(", ", LAYOUT) + ".");
            }
        }
        Map<String, Object> complete = new HashMap<>(description);
        complete.put("file_name", ".");
        DatasetEntry read = of(Map.of(dataset, complete)).entry(dataset);
        return new DatasetEntry(
                dataset,
                new Origin.Memory(),
                read.split(),
                read.formatting(),
                read.ranking(),
                null,
                read.columns(),
                read.tags());
    }

    private static JsonNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file.toString(),
                    "There is no such file (looked for " + file.toAbsolutePath()
                            + "). Set dataset_dir to the folder that holds it.");
        }
        try {
            String text = Files.readString(file);
            JsonNode entries =
                    JSON.readTree(!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text);
            if (!entries.isObject()) {
                throw new DataException(file.toString(), "The catalog must be one JSON object: name to description.");
            }
            return entries;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new DataException(
                    file + ":" + line, "Malformed JSON at column " + column + ": " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read as UTF-8: " + e.getMessage() + ".", e);
        }
    }

    /** Names of all data sets, in the order of the file; none where every name is that of a hub's data set. */
    public Collection<String> names() {
        List<String> names = new ArrayList<>();
        if (entries != null) {
            entries.fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    /**
     * The description of a data set.
     *
     * @throws DataException if there is none of that name, or a key of it is unknown or of the wrong type
     * @throws dev.finetune4j.core.error.UnsupportedException if its source cannot be read here
     */
    public DatasetEntry entry(String dataset) {
        if (entries == null) {
            return new DatasetEntry(
                    dataset,
                    new Origin.Hub(preference.host(), dataset, null, null),
                    SplitSpec.TRAIN,
                    "alpaca",
                    false,
                    null,
                    Columns.DEFAULTS,
                    Tags.DEFAULTS);
        }
        JsonNode node = entries.get(dataset);
        if (node == null) {
            throw new DataException(
                    name,
                    "There is no data set \"" + dataset + "\"." + Nearest.sentence(dataset, names())
                            + " The file describes " + entries.size() + " data sets.");
        }
        return new EntryReader(folder, preference, name + ", entry \"" + dataset + "\"", dataset, node).read();
    }
}
