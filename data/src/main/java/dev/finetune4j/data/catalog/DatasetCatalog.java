package dev.finetune4j.data.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The data sets that a folder's {@code dataset_info.json} describes. Immutable; entries are checked when asked for. */
public final class DatasetCatalog {
    /** Name of the catalog file inside its folder. */
    public static final String FILE_NAME = "dataset_info.json";

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final Path folder;
    private final JsonNode entries;

    private DatasetCatalog(Path folder, JsonNode entries) {
        this.folder = folder;
        this.entries = entries;
    }

    /**
     * Reads the catalog of a folder.
     *
     * @throws DataException if there is none or it is not a JSON object
     * @throws UnsupportedException for LLaMA-Factory's {@code ONLINE} and {@code REMOTE:…}
     */
    public static DatasetCatalog open(Path folder) {
        String spelled = folder.toString();
        if (spelled.equals("ONLINE") || spelled.startsWith("REMOTE:")) {
            throw new UnsupportedException(
                    "dataset_dir: " + spelled + " is known, but not available yet: data sets are read"
                            + " from local files. Name a folder that holds " + FILE_NAME + ".");
        }
        Path file = folder.resolve(FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file.toString(),
                    "There is no such file (looked for " + file.toAbsolutePath()
                            + "). Set dataset_dir to the folder that holds it.");
        }
        try {
            String text = Files.readString(file);
            JsonNode entries = JsonMapper.builder()
                    .build()
                    .readTree(!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text);
            if (!entries.isObject()) {
                throw new DataException(file.toString(), "The catalog must be one JSON object: name to description.");
            }
            return new DatasetCatalog(folder, entries);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(file + ":" + line, "Malformed JSON: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read as UTF-8: " + e.getMessage() + ".", e);
        }
    }

    /** Names of all data sets, in the order of the file. */
    public Collection<String> names() {
        List<String> names = new ArrayList<>();
        entries.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * The description of a data set.
     *
     * @throws DataException if there is none of that name, or a key of it is unknown or of the wrong type
     * @throws UnsupportedException if its source is not available here
     */
    public DatasetEntry entry(String name) {
        String file = folder.resolve(FILE_NAME).toString();
        JsonNode node = entries.get(name);
        if (node == null) {
            throw new DataException(
                    file,
                    "There is no data set \"" + name + "\"." + Nearest.sentence(name, names()) + " The file describes "
                            + entries.size() + " data sets.");
        }
        return new EntryReader(folder, file + ", entry \"" + name + "\"", name, node).read();
    }
}
