package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The files behind an entry, and their rows one file after the other. Folders are read by name, hidden files left out. */
public final class DatasetFiles {
    private DatasetFiles() {}

    /**
     * All rows of an entry. Paths and extensions are checked now, contents when somebody iterates.
     *
     * @throws DataException if a file is missing or no reader knows its kind
     */
    public static Dataset<Row> rows(DatasetEntry entry) {
        List<Dataset<Row>> parts = new ArrayList<>();
        for (Path file : files(entry)) {
            RecordReader reader = reader(file);
            parts.add(Dataset.from(() -> reader.open(file, entry.name()), OptionalLong.empty()));
        }
        return parts.size() == 1 ? parts.get(0) : Dataset.concat(parts);
    }

    /** The entry's files, sorted by name. */
    public static List<Path> files(DatasetEntry entry) {
        Path location = entry.location();
        if (Files.isRegularFile(location)) {
            return List.of(location);
        }
        if (!Files.isDirectory(location)) {
            throw new DataException(
                    location.toString(),
                    "There is no such file or folder (looked for " + location.toAbsolutePath()
                            + "), named by data set \"" + entry.name() + "\". Correct its file_name.");
        }
        try (Stream<Path> listed = Files.list(location)) {
            List<Path> files = listed.filter(
                            file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new DataException(location.toString(), "The folder holds no data files.");
            }
            return files;
        } catch (IOException e) {
            throw new DataException(location.toString(), "The folder cannot be listed: " + e.getMessage() + ".", e);
        }
    }

    private static RecordReader reader(Path file) {
        if (Files.isDirectory(file)) {
            throw new DataException(
                    file.toString(), "Folders inside a data folder are not read. Move the files one level up.");
        }
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return RecordReader.forExtension(extension)
                .orElseThrow(() -> new DataException(
                        file.toString(),
                        "No reader knows the extension \"" + extension + "\". Readable: "
                                + String.join(", ", RecordReader.knownExtensions()) + "."));
    }
}
