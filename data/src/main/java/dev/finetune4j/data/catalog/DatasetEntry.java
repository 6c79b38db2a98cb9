package dev.finetune4j.data.catalog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One data set of the catalog.
 *
 * @param name its key in the catalog
 * @param location file or folder, resolved against the catalog's folder
 * @param formatting name of the format that reads its rows
 * @param ranking whether rows hold a chosen and a rejected answer
 * @param samples how many rows to draw at random, null for all of them in order
 */
public record DatasetEntry(
        String name,
        Path location,
        String formatting,
        boolean ranking,
        @Nullable Integer samples,
        Columns columns,
        Tags tags) {
    /** An entry for rows from memory, which has no files. */
    public static DatasetEntry inMemory(String name, String formatting, Columns columns, Tags tags) {
        return new DatasetEntry(name, Path.of(""), formatting, columns.chosen() != null, null, columns, tags);
    }

    /** The same rows read in another way. */
    public DatasetEntry layout(String otherFormatting, boolean pairs, Columns otherColumns, Tags otherTags) {
        return new DatasetEntry(name, location, otherFormatting, pairs, samples, otherColumns, otherTags);
    }
}
