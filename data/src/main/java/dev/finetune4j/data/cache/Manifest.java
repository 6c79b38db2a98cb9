package dev.finetune4j.data.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.data.arrow.ArrowFolder;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.RowStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What lies beside the tables of a folder of encoded rows.
 *
 * @param key of what and how they were made
 * @param packed whether rows share a sample
 * @param splits by name
 */
record Manifest(CacheKey key, boolean packed, Map<String, Part> splits) {
    static final String FILE = "finetune4j.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What some of the rows come to, and what became of those that are not among them. */
    record Part(RowStatistics statistics, CutReport.Snapshot report) {}

    /**
     * Complains about a folder that is there and holds something else than encoded rows.
     *
     * @throws DataException if it does
     */
    static void refuseForeign(Path folder) {
        boolean ours = Files.isRegularFile(folder.resolve(FILE)) || ArrowFolder.is(folder);
        if (!ours && !isFree(folder)) {
            throw new DataException(
                    folder.toString(),
                    "The folder is neither empty nor one of encoded rows. Give another tokenized_path.");
        }
    }

    /** Whether nothing is there, or a folder without anything. */
    static boolean isFree(Path folder) {
        String[] names = folder.toFile().list();
        return !Files.exists(folder) || names != null && names.length == 0;
    }

    static void write(Path file, Object sheet) {
        try {
            Disk.DEFAULT.replace(file, JSON.writeValueAsBytes(sheet));
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be written: " + e.getMessage() + ".", e);
        }
    }

    static <T> T read(Path file, Class<T> type) {
        try {
            return JSON.readValue(Files.readAllBytes(file), type);
        } catch (JsonProcessingException e) {
            throw new DataException(
                    file.toString(),
                    "The file is damaged: " + e.getOriginalMessage()
                            + ". Set overwrite_cache: true to make the folder anew, or delete it.",
                    e);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
