package dev.finetune4j.data.source;

import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Bytes with a name: a file on the disk, or an object of a store. A name that ends in {@code .gz} or {@code .zst} stands for
 * the content that was compressed. Opens as often as it is asked to.
 */
public final class DataFile {
    /** Opens something from its beginning. */
    @FunctionalInterface
    public interface Opener {
        InputStream open() throws IOException;
    }

    private final String name;
    private final @Nullable Path path;
    private final Opener opener;
    private final Compression compression;

    private DataFile(String name, @Nullable Path path, Opener opener) {
        this.name = name;
        this.path = path;
        this.opener = opener;
        this.compression = Compression.of(name);
    }

    public static DataFile of(Path path) {
        return new DataFile(path.toString(), path, () -> Files.newInputStream(path));
    }

    /**
     * A file that lies here under another name than the user knows, such as in a cache.
     *
     * @param name whose extension says the kind; shown in messages
     */
    public static DataFile of(Path path, String name) {
        return new DataFile(name, path, () -> Files.newInputStream(path));
    }

    /**
     * Something that is not a file here.
     *
     * @param name whose extension says the kind; shown in messages
     */
    public static DataFile of(String name, Opener opener) {
        return new DataFile(name, null, opener);
    }

    /** As the user wrote it. */
    public String name() {
        return name;
    }

    /** Text after the last dot, lower case, without what says the compression; empty where there is no dot. */
    public String extension() {
        String inner = compression.inner(name);
        String last = inner.substring(Math.max(inner.lastIndexOf('/'), inner.lastIndexOf('\\')) + 1);
        return last.indexOf('.') < 0
                ? ""
                : last.substring(last.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /**
     * The content from its beginning, decompressed.
     *
     * @throws DataException if it is missing or cannot be read
     * @throws dev.finetune4j.core.error.UnsupportedException if it is compressed in a way that is not read
     */
    public InputStream open() {
        InputStream raw = null;
        try {
            raw = opener.open();
            return compression.expand(raw, name);
        } catch (NoSuchFileException e) {
            throw new DataException(
                    name,
                    "There is no such file (looked for " + (path == null ? name : path.toAbsolutePath()) + ").",
                    e);
        } catch (IOException e) {
            close(raw);
            throw unreadable(e);
        } catch (RuntimeException e) {
            close(raw);
            throw e;
        }
    }

    private static void close(@Nullable InputStream raw) {
        try {
            if (raw != null) {
                raw.close();
            }
        } catch (IOException e) {
            // The failure that led here is the one to report.
            org.slf4j.LoggerFactory.getLogger(DataFile.class).debug("closing failed", e);
        }
    }

    /**
     * A file that can be read at any place: the file itself, or a copy for readers that cannot read from front to back. The
     * caller deletes a copy when done.
     */
    public Local local() {
        if (path != null && compression == Compression.NONE) {
            return new Local(path, false);
        }
        try (InputStream in = open()) {
            Path copy = Files.createTempFile("finetune4j", "." + extension());
            try {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                Files.deleteIfExists(copy);
                throw e;
            }
            return new Local(copy, true);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private DataException unreadable(IOException e) {
        return new DataException(name, "The file cannot be read: " + e.getMessage() + ".", e);
    }

    /** A file on the disk, deleted on closing where it is a copy. */
    public record Local(Path path, boolean copy) implements AutoCloseable {
        @Override
        public void close() {
            if (copy) {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new DataException(path.toString(), "The copy cannot be deleted: " + e.getMessage() + ".", e);
                }
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
