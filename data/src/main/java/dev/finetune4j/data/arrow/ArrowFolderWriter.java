package dev.finetune4j.data.arrow;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a folder as {@code save_to_disk} does, one table or several splits, under another name first; the folder appears
 * whole with {@link #finish}, or never. Splits may be written side by side. Not thread-safe, but each split's writer may be
 * used by a thread of its own.
 */
public final class ArrowFolderWriter implements AutoCloseable {
    private static final String REPLACED = ".replaced";

    private final Path target;
    private final Path unfinished;
    private final boolean replace;
    private final Disk disk = Disk.DEFAULT;
    private final Map<String, ArrowShardWriter> writers = new LinkedHashMap<>();

    private ArrowFolderWriter(Path target, boolean replace) {
        this.target = target.toAbsolutePath();
        this.unfinished = Disk.unfinished(this.target);
        this.replace = replace;
        if (!replace && exists()) {
            throw new DataException(
                    target.toString(), "The folder is there already. Choose another one, or delete it.");
        }
        try {
            disk.remove(unfinished);
            Files.createDirectories(unfinished);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * @param replace whether a folder of that name gives way; otherwise it is an error
     */
    public static ArrowFolderWriter create(Path target, boolean replace) {
        return new ArrowFolderWriter(target, replace);
    }

    /** The only table of the folder. */
    public ArrowShardWriter table(List<ArrowColumn> columns, ArrowShardWriter.Options options) {
        if (!writers.isEmpty()) {
            throw new IllegalStateException("a folder holds one table, or splits");
        }
        return add("", new ArrowShardWriter(unfinished, null, columns, options, disk));
    }

    /**
     * One of the splits of the folder.
     *
     * @param name of its sub-folder: letters, digits, {@code _}, {@code .} and {@code -}
     */
    public ArrowShardWriter split(String name, List<ArrowColumn> columns, ArrowShardWriter.Options options) {
        if (writers.containsKey("") || writers.containsKey(name)) {
            throw new IllegalStateException("a folder holds one table, or splits with different names");
        }
        if (!name.matches("\\w[\\w.-]*")) {
            throw new DataException(
                    target.toString(),
                    "\"" + name + "\" cannot name a split. Use letters, digits, underscores, dots and hyphens.");
        }
        return add(name, new ArrowShardWriter(unfinished.resolve(name), name, columns, options, disk));
    }

    private ArrowShardWriter add(String name, ArrowShardWriter writer) {
        writers.put(name, writer);
        return writer;
    }

    /** Finishes every table and gives the folder its name. */
    public void finish() {
        if (writers.isEmpty()) {
            throw new IllegalStateException("nothing was written");
        }
        writers.values().forEach(ArrowShardWriter::finish);
        try {
            if (!writers.containsKey("")) {
                disk.write(
                        unfinished.resolve(ArrowFolder.SPLITS),
                        DatasetSheets.splits(new ArrayList<>(writers.keySet())));
            }
            disk.syncFolder(unfinished);
            rename();
        } catch (IOException e) {
            throw failure(e);
        }
        writers.clear();
    }

    private void rename() throws IOException {
        Path old = target.resolveSibling(target.getFileName() + REPLACED);
        if (replace && exists()) {
            disk.remove(old);
            disk.move(target, old);
        }
        disk.move(unfinished, target);
        disk.remove(old);
    }

    private boolean exists() {
        return Files.exists(target);
    }

    @Override
    public void close() {
        writers.values().forEach(ArrowShardWriter::close);
        try {
            disk.remove(unfinished);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private DataException failure(IOException e) {
        return new DataException(target.toString(), "The folder cannot be written: " + e.getMessage() + ".", e);
    }
}
