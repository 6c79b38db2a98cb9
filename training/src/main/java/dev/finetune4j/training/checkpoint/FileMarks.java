package dev.finetune4j.training.checkpoint;

import dev.finetune4j.training.checkpoint.TrainingState.FileMark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Sizes and checksums of the files in a folder. */
final class FileMarks {
    private static final int CHUNK = 1 << 20;

    private FileMarks() {}

    /** Every file below a folder except those of the given name, by its path with forward slashes. */
    static Map<String, FileMark> of(Path folder, String except) throws IOException {
        Map<String, FileMark> marks = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            if (!name.equals(except)) {
                marks.put(name, mark(file));
            }
        }
        return marks;
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return new ArrayList<>(paths.filter(Files::isRegularFile).sorted().toList());
        }
    }

    private static FileMark mark(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        long bytes = 0;
        byte[] buffer = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                checksum.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new FileMark(bytes, String.format(java.util.Locale.ROOT, "%08x", checksum.getValue()));
    }

    /** What is wrong with the files of a folder; null if they are as marked. */
    static @Nullable String difference(Path folder, Map<String, FileMark> marks) throws IOException {
        for (Map.Entry<String, FileMark> entry : marks.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            if (!Files.isRegularFile(file)) {
                return entry.getKey() + " is missing";
            }
            FileMark found = mark(file);
            if (!found.equals(entry.getValue())) {
                return entry.getKey() + " has " + found.bytes() + " bytes with checksum " + found.crc32c()
                        + ", written were " + entry.getValue().bytes() + " with "
                        + entry.getValue().crc32c();
            }
        }
        return null;
    }
}
