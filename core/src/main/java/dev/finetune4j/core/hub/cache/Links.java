package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts contents into snapshots: by relative symbolic links, or, where the file system has none, by moving what is new and
 * copying what others may point at, as {@code huggingface_hub} does.
 */
final class Links {
    private static final Logger log = LoggerFactory.getLogger(Links.class);

    private final AtomicBoolean available;
    private final boolean warning;

    /** @param wanted false to do without links from the start */
    Links(boolean wanted, boolean warning) {
        this.available = new AtomicBoolean(wanted);
        this.warning = warning;
    }

    /** @param fresh whether nothing else can point at the blob yet */
    void place(Path blob, Path pointer, boolean fresh) throws IOException {
        if (available.get() && linked(blob, pointer)) {
            return;
        }
        if (fresh) {
            Files.move(blob, pointer, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Path unfinished = pointer.resolveSibling(pointer.getFileName() + "." + HuggingFaceCache.word() + ".tmp");
            Files.copy(blob, unfinished);
            Files.move(unfinished, pointer, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private boolean linked(Path blob, Path pointer) throws IOException {
        Path target = Disk.folderOf(pointer).relativize(blob.toAbsolutePath());
        try {
            // A link that leads nowhere may lie here.
            Files.deleteIfExists(pointer);
            Files.createSymbolicLink(pointer, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            // Another program was faster.
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            available.set(false);
            if (warning) {
                log.warn(
                        "{} cannot hold symbolic links ({}); files are moved or copied, which takes more space when a"
                                + " file is part of several revisions.",
                        pointer.getParent(),
                        e.getMessage());
            }
            return false;
        }
    }
}
