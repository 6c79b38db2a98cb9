package dev.finetune4j.data.arrow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What lies in a folder that {@code save_to_disk} wrote: one table, or one folder for each split. */
public final class ArrowFolder {
    /** Names the data files, in order. */
    static final String STATE = "state.json";

    static final String INFO = "dataset_info.json";
    /** Names the splits; its presence makes a folder one of several splits. */
    static final String SPLITS = "dataset_dict.json";

    private ArrowFolder() {}

    /** Whether {@code save_to_disk} wrote this folder, by the files in it. */
    public static boolean is(Path folder) {
        return Files.isRegularFile(folder.resolve(STATE)) || Files.isRegularFile(folder.resolve(SPLITS));
    }

    /**
     * Names of the splits, each of which is a folder inside; empty where the folder is a table itself.
     *
     * @throws DataException if the folder is not one of {@code save_to_disk}
     */
    public static List<String> splits(Path folder) {
        if (!Files.isRegularFile(folder.resolve(SPLITS))) {
            json(folder.resolve(STATE));
            return List.of();
        }
        return texts(json(folder.resolve(SPLITS)).path("splits"));
    }

    /**
     * Data files of a table in the order of their rows.
     *
     * @throws DataException if the folder holds several splits or a file is missing
     */
    public static List<Path> files(Path folder) {
        List<String> splits = splits(folder);
        if (!splits.isEmpty()) {
            throw new DataException(
                    folder.toString(),
                    "The folder holds the splits " + String.join(", ", splits) + ". Name one of them.");
        }
        JsonNode state = json(folder.resolve(STATE));
        if (!state.path("_indices_data_files").isMissingNode()
                && !state.path("_indices_data_files").isEmpty()) {
            throw new UnsupportedException(folder
                    + ": The rows are chosen by a file of indices, as old versions of datasets wrote it. Load and"
                    + " save it with a newer version.");
        }
        List<Path> files = new ArrayList<>();
        for (JsonNode file : state.path("_data_files")) {
            files.add(inside(folder, file.path("filename").asText()));
        }
        if (files.isEmpty()) {
            throw new DataException(folder.resolve(STATE).toString(), "It names no data files.");
        }
        return files;
    }

    private static Path inside(Path folder, String name) {
        Path file = folder.resolve(name);
        if (name.isEmpty() || !folder.equals(file.getParent())) {
            throw new DataException(
                    folder.resolve(STATE).toString(), "\"" + name + "\" is not the name of a file in this folder.");
        }
        return file;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file.toString(),
                    "There is no such file, so the folder was not written by save_to_disk (looked for "
                            + file.toAbsolutePath() + ").");
        }
        try {
            return JsonMapper.builder().build().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(file + ":" + line, "Malformed JSON: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read as UTF-8: " + e.getMessage() + ".", e);
        }
    }
}
