package dev.finetune4j.core.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file operations behind everything that must be complete or absent: contents are forced to the device before a name
 * appears, and names appear by an atomic rename. One class, so that tests can fill the disk or pull the plug at any of
 * them. Thread-safe.
 */
public class Disk {
    public static final Disk DEFAULT = new Disk();

    /** Ending of names that hold nothing complete yet. */
    public static final String UNFINISHED = ".incomplete";

    /** A file being written; its bytes are on the device when {@link #close} returns. */
    public final class Output implements AutoCloseable {
        private final FileChannel channel;

        private Output(FileChannel channel) {
            this.channel = channel;
        }

        /** Writes all that remains of the buffer. */
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                put(channel, bytes);
            }
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                force(channel);
            }
        }
    }

    /** Creates a file, or empties it. */
    public Output create(Path file) throws IOException {
        return new Output(FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Writes some of the buffer; every byte passes here. */
    protected void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    /** Waits until the device has what was written. */
    protected void force(FileChannel channel) throws IOException {
        channel.force(true);
    }

    /** A whole small file; not atomic, for use inside a folder that is itself unfinished. */
    public void write(Path file, byte[] content) throws IOException {
        try (Output output = create(file)) {
            output.write(ByteBuffer.wrap(content));
        }
    }

    /** Gives a file a new content: a reader sees the old one or the new one, never a part. */
    public void replace(Path file, byte[] content) throws IOException {
        Path unfinished = unfinished(file);
        try {
            write(unfinished, content);
            move(unfinished, file);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** Name beside {@code path} under which it is prepared. */
    public static Path unfinished(Path path) {
        return path.resolveSibling(path.getFileName() + UNFINISHED);
    }

    /** The folder that holds a file. */
    public static Path folderOf(Path file) {
        return java.util.Objects.requireNonNull(file.toAbsolutePath().getParent(), "the root has no folder");
    }

    /** Renames in one step, replacing a file that has the name, and makes the rename durable. */
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(folderOf(to));
    }

    /** Makes the names in a folder durable. */
    public void syncFolder(Path folder) throws IOException {
        // Windows opens no folder as a file; its journal orders renames by itself.
        if (java.io.File.separatorChar == '/') {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                force(channel);
            }
        }
    }

    /** Bytes that this process may still write into a folder. */
    public long usableBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /** Deletes a file, or a folder with all it holds; does nothing if there is none. */
    public void remove(Path path) throws IOException {
        try {
            Files.walkFileTree(path, new Remover());
        } catch (NoSuchFileException e) {
            if (!e.getFile().equals(path.toString())) {
                throw e;
            }
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @org.jspecify.annotations.Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
