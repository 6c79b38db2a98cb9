package dev.finetune4j.training.listener;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code train_results.json}, {@code eval_results.json} and their union {@code all_results.json}. */
public final class ResultFiles {
    private static final String ALL = "all_results.json";

    private ResultFiles() {}

    /** The file of one phase, whose presence says that the phase ended well. */
    public static Path file(Path folder, String phase) {
        return folder.resolve(phase + "_results.json");
    }

    /**
     * Writes a phase's figures and adds them to those of all phases.
     *
     * @param phase {@code train}, {@code eval} or {@code predict}
     */
    public static void write(Disk disk, Path folder, String phase, Map<String, ? extends Number> metrics) {
        Path all = folder.resolve(ALL);
        try {
            Map<String, Object> union = new LinkedHashMap<>();
            if (Files.exists(all)) {
                union.putAll(PrettyJson.mapper()
                        .readValue(Files.readAllBytes(all), new TypeReference<Map<String, Object>>() {}));
            }
            union.putAll(metrics);
            disk.replace(all, PrettyJson.bytes(union, 4));
            disk.replace(file(folder, phase), PrettyJson.bytes(metrics, 4));
        } catch (IOException e) {
            throw new CheckpointException(
                    folder + ": the results of " + phase + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Adds what the {@code pt} stage reports: for each {@code …_loss} of an evaluation {@code …_perplexity}, e to the
     * loss, infinite where that overflows.
     */
    public static Map<String, Number> withPerplexity(Map<String, ? extends Number> metrics) {
        Map<String, Number> result = new LinkedHashMap<>(metrics);
        metrics.forEach((key, value) -> {
            if (key.endsWith("_loss") && !key.endsWith("_token_loss")) {
                String name = key.substring(0, key.length() - "loss".length()) + "perplexity";
                result.put(name, Math.exp(value.doubleValue()));
            }
        });
        return result;
    }
}
