package dev.finetune4j.training.checkpoint;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.training.checkpoint.TrainingState.FileMark;
import dev.finetune4j.training.listener.CheckpointPart;
import dev.finetune4j.training.listener.TrainerStateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one output folder: {@code checkpoint-N} for the one written after N updates. */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String PREFIX = "checkpoint-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,9})");
    private static final String DRAFT = "incomplete-";
    private static final String DISCARDED = "discarded-";
    // Headers and the JSON files, which hardly count beside tensors.
    private static final long SPARE_BYTES = 1 << 20;

    private final Path outputFolder;
    private final ModelFiles model;
    private final Disk disk;

    public Checkpoints(Path outputFolder, ModelFiles model, Disk disk) {
        this.outputFolder = outputFolder;
        this.model = model;
        this.disk = disk;
    }

    /** The folder of the checkpoint after {@code step} updates, whether or not it exists. */
    public Path folder(int step) {
        return outputFolder.resolve(PREFIX + step);
    }

    /**
     * The newest complete checkpoint of an output folder; null if there is none. One that is damaged or of another program
     * is passed over with a warning.
     */
    public static @Nullable Checkpoint newest(Path outputFolder) {
        List<Path> folders = all(outputFolder);
        for (int i = folders.size() - 1; i >= 0; i--) {
            try {
                return Checkpoint.open(folders.get(i));
            } catch (CheckpointException e) {
                LOG.warn("{} Passed over.", e.getMessage());
            }
        }
        return null;
    }

    /** Folders with the name of a checkpoint, oldest first. */
    private static List<Path> all(Path outputFolder) {
        if (!Files.isDirectory(outputFolder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(outputFolder)) {
            return paths.filter(p -> Files.isDirectory(p)
                            && NAME.matcher(p.getFileName().toString()).matches())
                    .sorted(Comparator.comparingInt(Checkpoints::number))
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException(outputFolder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static int number(Path folder) {
        return Integer.parseInt(folder.getFileName().toString().substring(PREFIX.length()));
    }

    /** Deletes what a killed process left half-written or half-deleted. */
    public void clean() {
        if (!Files.isDirectory(outputFolder)) {
            return;
        }
        try (Stream<Path> paths = Files.list(outputFolder)) {
            for (Path path : paths.filter(Checkpoints::leftover).toList()) {
                LOG.info("{}: left behind by a run that was killed; deleted", path);
                disk.remove(path);
            }
        } catch (IOException e) {
            throw new CheckpointException(outputFolder + ": cannot be cleaned: " + e.getMessage(), e);
        }
    }

    private static boolean leftover(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(DRAFT + PREFIX) || name.startsWith(DISCARDED + PREFIX);
    }

    /**
     * Writes a checkpoint: aside, forced to the device, read back, renamed.
     *
     * @throws CheckpointException if it cannot be written; then older ones are untouched and nothing of it is left
     */
    public Checkpoint write(Snapshot snapshot) {
        Path target = folder(snapshot.state().progress().step());
        Path draft = outputFolder.resolve(DRAFT + target.getFileName());
        try {
            Files.createDirectories(outputFolder);
            checkSpace(target, snapshot);
            disk.remove(draft);
            Files.createDirectory(draft);
            fill(draft, snapshot);
            Checkpoint verified = Checkpoint.open(draft);
            publish(draft, target);
            return verified.at(target);
        } catch (IOException | WeightException e) {
            discard(draft);
            throw new CheckpointException(
                    target + ": cannot be written: " + e.getMessage()
                            + " Older checkpoints are untouched; free space, then start again: the run goes on from the newest.",
                    e);
        } catch (RuntimeException e) {
            discard(draft);
            throw e;
        }
    }

    private void checkSpace(Path target, Snapshot snapshot) throws IOException {
        long needed = snapshot.bytes() + model.bytes() + SPARE_BYTES;
        long usable = disk.usableBytes(outputFolder);
        if (usable < needed) {
            throw new CheckpointException(target + ": needs about " + needed + " bytes, but the disk has " + usable
                    + " left. Nothing was written and older checkpoints are untouched. Free space, or set"
                    + " save_total_limit or save_only_model, then start again: the run goes on from the newest.");
        }
    }

    private void fill(Path draft, Snapshot snapshot) throws IOException {
        model.write(draft);
        SafetensorsWriter writer = new SafetensorsWriter(disk);
        if (!snapshot.trainable().isEmpty()) {
            writer.write(draft.resolve(Checkpoint.TRAINABLE), snapshot.trainable());
        }
        if (snapshot.state().resumable()) {
            writer.write(draft.resolve(Checkpoint.OPTIMIZER), snapshot.optimizer());
        }
        disk.write(draft.resolve(TrainerStateFile.NAME), TrainerStateFile.content(snapshot.trainerState()));
        for (CheckpointPart part : snapshot.parts()) {
            disk.write(draft.resolve(part.fileName()), part.content());
        }
        for (Path file : FileMarks.files(draft)) {
            force(file);
        }
        verifyShapes(draft);
        Map<String, FileMark> marks = FileMarks.of(draft, Checkpoint.STATE);
        byte[] state = Checkpoint.JSON
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(snapshot.state().withFiles(marks));
        disk.write(draft.resolve(Checkpoint.STATE), state);
        disk.syncFolder(draft);
    }

    private static void force(Path file) throws IOException {
        // The model's own files come from code that need not know about durability.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Opens every weight file, which checks that header, shapes and size agree. */
    private static void verifyShapes(Path draft) throws IOException {
        for (Path file : FileMarks.files(draft)) {
            if (file.getFileName().toString().endsWith(".safetensors")) {
                SafetensorsFile.open(file).close();
            }
        }
    }

    private void publish(Path draft, Path target) throws IOException {
        Path old = outputFolder.resolve(DISCARDED + target.getFileName());
        if (Files.exists(target)) {
            disk.remove(old);
            disk.move(target, old);
        }
        disk.move(draft, target);
        disk.remove(old);
    }

    private void discard(Path draft) {
        try {
            disk.remove(draft);
        } catch (IOException e) {
            LOG.warn("{}: could not be deleted: {}", draft, e.getMessage());
        }
    }

    /**
     * Deletes the oldest checkpoints beyond a limit. The newest and the best stay, whatever the limit.
     *
     * @param limit checkpoints to keep; null or 0 keeps all
     * @param newest step of the one just written
     * @param best step of the best one, or null
     */
    public void prune(@Nullable Integer limit, int newest, @Nullable Integer best) {
        if (limit == null || limit <= 0) {
            return;
        }
        List<Path> own = own();
        int kept = Math.max(limit, best == null || best == newest ? 1 : 2);
        int surplus = own.size() - kept;
        for (Path folder : own) {
            int step = number(folder);
            if (surplus > 0 && step != newest && (best == null || step != best)) {
                delete(folder);
                surplus--;
            }
        }
    }

    /** Renamed first, so that a process killed while deleting leaves nothing that looks like a checkpoint. */
    private void delete(Path folder) {
        Path doomed = outputFolder.resolve(DISCARDED + folder.getFileName());
        try {
            disk.remove(doomed);
            disk.move(folder, doomed);
            disk.remove(doomed);
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be deleted for save_total_limit: " + e.getMessage(), e);
        }
    }

    /** Deletes all checkpoints but one. */
    public void keepOnly(Path kept) {
        for (Path folder : own()) {
            if (!folder.equals(kept)) {
                delete(folder);
            }
        }
    }

    /** The checkpoints of this library, oldest first; those of other programs are not ours to delete. */
    private List<Path> own() {
        List<Path> own = new ArrayList<>(all(outputFolder));
        own.removeIf(p -> !Files.exists(p.resolve(Checkpoint.STATE)));
        return own;
    }
}
