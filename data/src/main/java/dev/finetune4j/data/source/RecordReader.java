package dev.finetune4j.data.source;

import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.data.dataset.Cursor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads rows from files of one kind. Found through {@link java.util.ServiceLoader}. */
public interface RecordReader extends Plugin {
    /** Text after the last dot of the file names it reads, lower case. */
    Set<String> extensions();

    /**
     * Opens a file and reads it as far as the caller iterates; memory holds a bounded part of it.
     *
     * @param dataset name for the provenance of the rows
     * @throws dev.finetune4j.core.error.DataException with file and line, at once or while iterating, where the file cannot be
     *     read
     */
    Cursor<Row> open(DataFile file, String dataset);

    /** The same for a file on the disk. */
    default Cursor<Row> open(Path file, String dataset) {
        return open(DataFile.of(file), dataset);
    }

    /** The reader of files with that extension. */
    static Optional<RecordReader> forExtension(String extension) {
        return Plugins.all(RecordReader.class).stream()
                .filter(reader -> reader.extensions().contains(extension))
                .findFirst();
    }

    /** All extensions that some reader reads, sorted. */
    static List<String> knownExtensions() {
        Set<String> all = new TreeSet<>();
        Plugins.all(RecordReader.class).forEach(reader -> all.addAll(reader.extensions()));
        return List.copyOf(all);
    }
}
