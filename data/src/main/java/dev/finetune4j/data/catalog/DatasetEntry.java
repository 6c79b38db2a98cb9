package dev.finetune4j.data.catalog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One data set of the catalog.
 *
 * @param name its key in the catalog
 * @param origin where its rows are
 * @param split which part of them, see {@link SplitSpec}
 * @param formatting name of the format that reads its rows
 * @param ranking whether rows hold a chosen and a rejected answer
 * @param samples how many rows to draw at random, null for all of them in order
 */
public record DatasetEntry(
        String name,
        Origin origin,
        SplitSpec split,
        String formatting,
        boolean ranking,
        @Nullable Integer samples,
        Columns columns,
        Tags tags) {
    /** All rows of a local file or folder. */
    public DatasetEntry(
            String name,
            Path location,
            String formatting,
            boolean ranking,
            @Nullable Integer samples,
            Columns columns,
            Tags tags) {
        this(name, new Origin.Local(location), SplitSpec.TRAIN, formatting, ranking, samples, columns, tags);
    }

    /** An entry for rows from memory, which has no files. */
    public static DatasetEntry inMemory(String name, String formatting, Columns columns, Tags tags) {
        return new DatasetEntry(
                name, new Origin.Memory(), SplitSpec.TRAIN, formatting, columns.chosen() != null, null, columns, tags);
    }

    /** File or folder of a local data set, resolved against the catalog's folder; the empty path for others. */
    public Path location() {
        return origin instanceof Origin.Local local ? local.location() : Path.of("");
    }

    /** The same rows read in another way. */
    public DatasetEntry layout(String otherFormatting, boolean pairs, Columns otherColumns, Tags otherTags) {
        return new DatasetEntry(name, origin, split, otherFormatting, pairs, samples, otherColumns, otherTags);
    }
}
