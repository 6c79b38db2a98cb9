package dev.finetune4j.data.source;

/**
 * Where a row comes from.
 *
 * @param dataset name in the catalog, or what the caller calls rows from memory
 * @param file path as the user wrote it; empty for rows from memory
 * @param row running number in the file, from 0
 * @param line line of the file, from 1; 0 where lines mean nothing
 */
public record Provenance(String dataset, String file, long row, int line) {
    /** A row that never was in a file. */
    public static Provenance inMemory(String dataset, long row) {
        return new Provenance(dataset, "", row, 0);
    }

    /** {@code file:line} where there is one, otherwise the file or data set and the row's number. */
    @Override
    public String toString() {
        if (line > 0) {
            return file + ":" + line;
        }
        return (file.isEmpty() ? dataset : file) + " row " + row;
    }
}
