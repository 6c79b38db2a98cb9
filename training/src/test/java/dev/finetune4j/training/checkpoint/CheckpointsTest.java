package dev.finetune4j.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.Warmup;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import dev.finetune4j.training.listener.TrainerState;
import dev.finetune4j.training.rows.RowPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path folder;

    private final ParameterStore parameters = new ParameterStore();
    private Scope scope;
    private long before;

    @BeforeEach
    void open() {
        Warmup.run();
        before = Scope.liveObjects();
        scope = Scope.open("test");
        Parameter p = parameters.add(new Parameter("w", Torch.floats(new float[] {1, 2, 3}, Device.CPU)));
        p.trainable(true);
    }

    @AfterEach
    void close() {
        parameters.close();
        scope.close();
        assertEquals(before, Scope.liveObjects(), "live native objects");
    }

    private Checkpoints checkpoints(Disk disk) {
        return new Checkpoints(
                folder,
                new ModelFiles() {
                    @Override
                    public void write(Path target) {
                        new SafetensorsWriter(disk).write(target.resolve("model.safetensors"), items());
                    }

                    @Override
                    public long bytes() {
                        return 12;
                    }
                },
                disk);
    }

    private List<Item> items() {
        return parameters.all().stream().map(Item::of).toList();
    }

    private Snapshot snapshot(int step, boolean resumable) {
        TrainingState state = new TrainingState(
                TrainingState.VERSION,
                new TrainingState.Progress(step, new RowPosition(1, 4), false, 99, 1.5),
                new TrainingState.Losses(0.1 + 0.2, 3, 7.5, 0.25, 1e-5, List.of(1.0, 1 / 3.0)),
                new TrainingState.Best(null, null, null, 0),
                Map.of("best", Double.POSITIVE_INFINITY),
                new TrainingState.Batching(10, 2, 2),
                Map.of("data", 42L),
                Map.of("threads", "2"),
                resumable,
                Map.of());
        TrainerState trainerState = new TrainerState(
                step, 9, 1.5, 2, 1, 1, 1, 2, 0, 0, null, null, null, Map.of(), List.of(Map.of("loss", 0.1 + 0.2)));
        return new Snapshot(state, trainerState, resumable ? items() : List.of(), List.of(), List.of());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Checkpoint written = checkpoints(Disk.DEFAULT).write(snapshot(4, true));
        Checkpoint read = Checkpoint.open(folder.resolve("checkpoint-4"));
        assertEquals(written.state(), read.state());
        assertEquals(0.1 + 0.2, read.state().losses().window());
        assertEquals(Double.POSITIVE_INFINITY, read.state().schedule().get("best"));
        assertEquals(0.1 + 0.2, read.history().get(0).get("loss"));
        parameters.get("w").value().zero_();
        assertEquals(1, read.restoreParameters(parameters));
        assertEquals(3f, Torch.toFloats(parameters.get("w").value())[2]);
    }

    @Test
    void theNewestCompleteOneIsFoundAndLeftoversAreCleaned() throws IOException {
        Checkpoints checkpoints = checkpoints(Disk.DEFAULT);
        checkpoints.write(snapshot(2, true));
        checkpoints.write(snapshot(10, true));
        checkpoints.write(snapshot(9, true));
        Files.createDirectory(folder.resolve("checkpoint-11"));
        Files.createDirectory(folder.resolve("incomplete-checkpoint-12"));
        Files.writeString(folder.resolve("incomplete-checkpoint-12").resolve("model.safetensors"), "half");
        Files.createDirectory(folder.resolve("discarded-checkpoint-1"));
        Checkpoint newest = Checkpoints.newest(folder);
        assertNotNull(newest);
        assertEquals(10, newest.step());
        checkpoints.clean();
        assertEquals(List.of("checkpoint-10", "checkpoint-11", "checkpoint-2", "checkpoint-9"), names());
    }

    @Test
    void aDamagedOneIsPassedOver() throws IOException {
        Checkpoints checkpoints = checkpoints(Disk.DEFAULT);
        checkpoints.write(snapshot(1, true));
        checkpoints.write(snapshot(2, true));
        checkpoints.write(snapshot(3, true));
        Path flipped = folder.resolve("checkpoint-3").resolve(Checkpoint.TRAINABLE);
        byte[] bytes = Files.readAllBytes(flipped);
        bytes[bytes.length - 1] ^= 1;
        Files.write(flipped, bytes);
        Files.delete(folder.resolve("checkpoint-2").resolve("model.safetensors"));
        Checkpoint newest = Checkpoints.newest(folder);
        assertNotNull(newest);
        assertEquals(1, newest.step());
        CheckpointException e =
                assertThrows(CheckpointException.class, () -> Checkpoint.open(folder.resolve("checkpoint-3")));
        assertTrue(e.getMessage().contains(Checkpoint.TRAINABLE), e.getMessage());
    }

    @Test
    void anEmptyFolderHasNone() {
        assertNull(Checkpoints.newest(folder));
        assertNull(Checkpoints.newest(folder.resolve("absent")));
    }

    @Test
    void writingOneAgainReplacesIt() throws IOException {
        Checkpoints checkpoints = checkpoints(Disk.DEFAULT);
        checkpoints.write(snapshot(1, true));
        parameters.get("w").value().fill_(Torch.scalar(9));
        checkpoints.write(snapshot(1, true));
        parameters.get("w").value().zero_();
        Checkpoint.open(folder.resolve("checkpoint-1")).restoreParameters(parameters);
        assertEquals(9f, Torch.toFloats(parameters.get("w").value())[0]);
        assertEquals(List.of("checkpoint-1"), names());
    }

    @Test
    void aDiskThatFillsUpLeavesTheOldOnesAndNothingElse() throws IOException {
        checkpoints(Disk.DEFAULT).write(snapshot(1, true));
        for (int capacity : new int[] {0, 5, 100, 300, 700, 1000}) {
            int[] left = {capacity};
            Disk full = new Disk() {
                @Override
                protected void put(FileChannel channel, ByteBuffer bytes) throws IOException {
                    left[0] -= bytes.remaining();
                    if (left[0] < 0) {
                        throw new IOException("No space left on device");
                    }
                    super.put(channel, bytes);
                }
            };
            CheckpointException e = assertThrows(
                    CheckpointException.class, () -> checkpoints(full).write(snapshot(2, true)));
            assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
            assertEquals(List.of("checkpoint-1"), names());
        }
        assertNotNull(Checkpoints.newest(folder));
    }

    @Test
    void aDiskThatIsTooSmallIsNoticedBeforeWriting() throws IOException {
        Disk small = new Disk() {
            @Override
            public long usableBytes(Path path) {
                return 1000;
            }

            @Override
            public Output create(Path file) {
                throw new AssertionError("nothing may be written");
            }
        };
        CheckpointException e =
                assertThrows(CheckpointException.class, () -> checkpoints(small).write(snapshot(2, true)));
        assertTrue(e.getMessage().contains("save_total_limit"), e.getMessage());
        assertEquals(List.of(), names());
    }

    @Test
    void theOldestGoFirstButNeverNewestOrBest() throws IOException {
        Checkpoints checkpoints = checkpoints(Disk.DEFAULT);
        for (int step = 1; step <= 5; step++) {
            checkpoints.write(snapshot(step, true));
        }
        Path foreign = Files.createDirectory(folder.resolve("checkpoint-0"));
        checkpoints.prune(3, 5, 1);
        assertEquals(List.of("checkpoint-0", "checkpoint-1", "checkpoint-4", "checkpoint-5"), names());
        checkpoints.prune(1, 5, 1);
        assertEquals(List.of("checkpoint-0", "checkpoint-1", "checkpoint-5"), names());
        checkpoints.prune(null, 5, null);
        assertEquals(List.of("checkpoint-0", "checkpoint-1", "checkpoint-5"), names());
        assertTrue(Files.exists(foreign));
    }

    @Test
    void oneWithTheModelOnlySaysThatNoRunCanGoOnFromIt() {
        Checkpoint checkpoint = checkpoints(Disk.DEFAULT).write(snapshot(1, false));
        CheckpointException e = assertThrows(CheckpointException.class, () -> checkpoint.restoreParameters(parameters));
        assertTrue(e.getMessage().contains("save_only_model"), e.getMessage());
    }

    @Test
    void anotherSetOfTrainedTensorsIsNamed() {
        Checkpoint checkpoint = checkpoints(Disk.DEFAULT).write(snapshot(1, true));
        parameters
                .add(new Parameter("v", Torch.floats(new float[] {1}, Device.CPU)))
                .trainable(true);
        CheckpointException e = assertThrows(CheckpointException.class, () -> checkpoint.restoreParameters(parameters));
        assertTrue(e.getMessage().contains("not in the checkpoint: v"), e.getMessage());
        parameters.remove("v");
        parameters.get("w").replace(Torch.floats(new float[] {1}, Device.CPU));
        e = assertThrows(CheckpointException.class, () -> checkpoint.restoreParameters(parameters));
        assertTrue(e.getMessage().contains("w is [3]"), e.getMessage());
    }
}
