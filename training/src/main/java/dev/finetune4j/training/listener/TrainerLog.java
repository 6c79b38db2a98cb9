package dev.finetune4j.training.listener;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code trainer_log.jsonl}: a line for each log entry, with LLaMA-Factory's fields, and the shares of exact answers where
 * an evaluation has them. A checkpoint holds a copy, so that a resumed run's file becomes that of the unbroken one.
 */
public final class TrainerLog implements TrainingListener, CheckpointPart {
    public static final String NAME = "trainer_log.jsonl";

    private final Disk disk;
    private final Path file;

    public TrainerLog(Disk disk, Path outputFolder) {
        this.disk = disk;
        this.file = outputFolder.resolve(NAME);
    }

    @Override
    public void runStarted(RunView run) {
        if (!run.resumed()) {
            restore(new byte[0]);
        }
    }

    @Override
    public void logged(RunView run, Map<String, Number> entry) {
        try {
            String line = PrettyJson.mapper().writeValueAsString(line(run, entry)) + "\n";
            Files.write(
                    file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a log entry could not be written as JSON", e);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private static Map<String, Object> line(RunView run, Map<String, Number> entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("current_steps", run.step());
        line.put("total_steps", run.totalSteps());
        copy(entry, "loss", line, "loss");
        copy(entry, "eval_loss", line, "eval_loss");
        copy(entry, "predict_loss", line, "predict_loss");
        copy(entry, "reward", line, "reward");
        copy(entry, "rewards/accuracies", line, "accuracy");
        entry.forEach((key, value) -> {
            if (key.endsWith("_exact_match")) {
                line.put(key, value);
            }
        });
        copy(entry, "learning_rate", line, "lr");
        copy(entry, "epoch", line, "epoch");
        line.put("percentage", run.totalSteps() == 0 ? 100 : round(100.0 * run.step() / run.totalSteps()));
        double elapsed = run.elapsedSeconds();
        double perStep = run.step() == 0 ? 0 : elapsed / run.step();
        line.put("elapsed_time", clock((long) elapsed));
        line.put("remaining_time", clock((long) ((run.totalSteps() - run.step()) * perStep)));
        if (run.inputTokens() > 0) {
            line.put("throughput", elapsed == 0 ? 0 : round(run.inputTokens() / elapsed));
            line.put("total_tokens", run.inputTokens());
        }
        return line;
    }

    private static void copy(Map<String, Number> entry, String from, Map<String, Object> line, String to) {
        Number value = entry.get(from);
        if (value != null) {
            line.put(to, value);
        }
    }

    private static double round(double value) {
        return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** {@code H:MM:SS}, with days before it where there are any, as Python prints a time span. */
    static String clock(long seconds) {
        long days = seconds / 86_400;
        long rest = seconds % 86_400;
        String time = String.format(java.util.Locale.ROOT, "%d:%02d:%02d", rest / 3600, rest % 3600 / 60, rest % 60);
        return days == 0 ? time : days + (days == 1 ? " day, " : " days, ") + time;
    }

    @Override
    public String fileName() {
        return NAME;
    }

    @Override
    public byte[] content() {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    @Override
    public void restore(byte[] content) {
        try {
            Files.createDirectories(Disk.folderOf(file));
            disk.replace(file, content);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private CheckpointException failed(String what, @Nullable IOException e) {
        return new CheckpointException(
                file + ": cannot be " + what + ": " + (e == null ? "" : e.getMessage())
                        + ". Free space or choose another output_dir, then start again: the run goes on from its last"
                        + " checkpoint.",
                e);
    }
}
