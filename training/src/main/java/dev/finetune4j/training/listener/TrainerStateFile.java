package dev.finetune4j.training.listener;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code trainer_state.json}, laid out as the Hugging Face trainer writes it. */
public final class TrainerStateFile {
    public static final String NAME = "trainer_state.json";

    private TrainerStateFile() {}

    /** The file's bytes. */
    public static byte[] content(TrainerState state) {
        String text = new String(PrettyJson.bytes(state.fields(), 2), StandardCharsets.UTF_8);
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the file into a run's output folder. */
    public static void write(Disk disk, Path folder, TrainerState state) {
        Path file = folder.resolve(NAME);
        try {
            disk.replace(file, content(state));
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** The log history of a file that a run wrote. */
    public static List<Map<String, Number>> history(Path folder) {
        Path file = folder.resolve(NAME);
        try {
            return PrettyJson.mapper()
                    .convertValue(
                            PrettyJson.mapper()
                                    .readTree(Files.readAllBytes(file))
                                    .path("log_history"),
                            new TypeReference<List<LinkedHashMap<String, Number>>>() {})
                    .stream()
                    .map(entry -> (Map<String, Number>) entry)
                    .toList();
        } catch (IOException | IllegalArgumentException e) {
            throw new CheckpointException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
