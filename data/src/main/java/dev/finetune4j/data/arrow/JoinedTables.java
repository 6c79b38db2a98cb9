package dev.finetune4j.data.arrow;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Makes one table of several with the same columns by moving their files; nothing is copied. */
public final class JoinedTables {
    private JoinedTables() {}

    /**
     * Moves the data files of finished tables into one folder, in order. Stopped half-way, the folder is no table yet, and
     * the parts are no tables any more.
     *
     * @param parts folders of the tables, at least one
     * @param target folder of the table to be, made where there is none
     * @param split noted in its state; null for a table that is not one of several
     * @throws DataException if a file cannot be moved
     */
    public static void join(List<Path> parts, Path target, @Nullable String split) {
        List<Path> files = new ArrayList<>();
        parts.forEach(part -> files.addAll(ArrowFolder.files(part)));
        Disk disk = Disk.DEFAULT;
        List<String> names = new ArrayList<>();
        try {
            Files.createDirectories(target);
            byte[] info = Files.readAllBytes(parts.get(0).resolve(ArrowFolder.INFO));
            String fingerprint = fingerprint(parts);
            for (Path file : files) {
                String name = String.format(Locale.ROOT, "data-%05d-of-%05d.arrow", names.size(), files.size());
                disk.move(file, target.resolve(name));
                names.add(name);
            }
            disk.replace(target.resolve(ArrowFolder.INFO), info);
            disk.replace(target.resolve(ArrowFolder.STATE), DatasetSheets.state(names, fingerprint, split));
        } catch (IOException e) {
            throw new DataException(target.toString(), "The table cannot be put together: " + e.getMessage() + ".", e);
        }
    }

    /** Names the splits of a folder, which makes it one that {@code datasets} loads as a whole. */
    public static void nameSplits(Path folder, List<String> splits) {
        try {
            Disk.DEFAULT.replace(folder.resolve(ArrowFolder.SPLITS), DatasetSheets.splits(splits));
        } catch (IOException e) {
            throw new DataException(folder.toString(), "The folder cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static String fingerprint(List<Path> parts) throws IOException {
        CRC32 first = new CRC32();
        CRC32C second = new CRC32C();
        for (Path part : parts) {
            byte[] bytes = JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(part.resolve(ArrowFolder.STATE)))
                    .path("_fingerprint")
                    .asText()
                    .getBytes(StandardCharsets.UTF_8);
            first.update(bytes);
            second.update(bytes);
        }
        return String.format(Locale.ROOT, "%08x%08x", first.getValue(), second.getValue());
    }
}
