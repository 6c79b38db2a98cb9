package dev.finetune4j.finetune.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.training.TrainingResult;
import dev.finetune4j.training.listener.LossPlot;
import dev.finetune4j.training.listener.ResultFiles;
import dev.finetune4j.training.listener.TrainerStateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files about a run in its output folder. */
final class ResultWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ResultWriter.class);
    /** Their presence says that the run is finished. */
    private static final List<String> ENDS = List.of("all_results.json", "train_results.json", "eval_results.json");

    private static final List<String> LOGS = List.of(TrainerStateFile.NAME, "trainer_log.jsonl");

    private final Preparation run;
    private final Path folder;
    private final Disk disk = Disk.DEFAULT;

    ResultWriter(Preparation run) {
        this.run = run;
        this.folder = run.output().path();
    }

    /**
     * Takes away what an earlier run left, where the settings say so: its checkpoints must not be taken for ours. A run that
     * goes on takes away the marks of the end that it goes beyond, for it may be killed before its own.
     */
    void begin() {
        try {
            Files.createDirectories(folder);
            if (run.output().overwrite()) {
                clear();
            } else if (run.output().resume() != null) {
                for (String name : ENDS) {
                    disk.remove(folder.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(
                    folder + ": cannot be made ready: " + e.getMessage() + ". Choose another output_dir.", e);
        }
    }

    private void clear() throws IOException {
        List<Path> old = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            paths.filter(ResultWriter::isOurs).forEach(old::add);
        }
        for (Path path : old) {
            disk.remove(path);
        }
        if (!old.isEmpty()) {
            LOG.info(
                    "{}: {} files and checkpoints of an earlier run removed (overwrite_output_dir)",
                    folder,
                    old.size());
        }
    }

    private static boolean isOurs(Path path) {
        String name = path.getFileName().toString();
        return ENDS.contains(name)
                || LOGS.contains(name)
                || (name.startsWith("checkpoint-") && Files.exists(path.resolve("finetune4j_state.json")));
    }

    /** After training, whether or not it reached its last step. */
    void trained(TrainingResult result) {
        TrainerStateFile.write(disk, folder, result.state());
        arguments();
        if (run.arguments().finetuning().plotLoss()) {
            LossPlot.write(disk, folder, result.state().history(), plotted());
        }
        // Last, as a folder with results is that of a finished run.
        if (!result.stoppedByUser()) {
            ResultFiles.write(disk, folder, "train", result.metrics());
        }
    }

    private List<String> plotted() {
        List<String> keys = new ArrayList<>(List.of("loss"));
        run.data().evaluation().keySet().forEach(prefix -> {
            keys.add(prefix + "_loss");
            if (run.arguments().finetuning().computeAccuracy()) {
                keys.add(prefix + "_accuracy");
            }
            if (run.arguments().finetuning().computeExactMatch()) {
                keys.add(prefix + "_exact_match");
            }
        });
        return keys;
    }

    /** What Hugging Face's trainer pickles as {@code training_args.bin}. */
    private void arguments() {
        ObjectNode settings = new ObjectMapper().createObjectNode();
        ArgumentsBinder.settingsOf(run.arguments()).all().forEach(s -> settings.set(s.key(), s.value()));
        try {
            disk.replace(folder.resolve("training_args.json"), ModelFolder.json(settings));
        } catch (IOException e) {
            throw new CheckpointException(folder + ": training_args.json cannot be written: " + e.getMessage(), e);
        }
    }

    /** After an evaluation at the end; returns what was written. */
    Map<String, Number> evaluated(Map<String, Number> metrics) {
        Map<String, Number> written =
                run.arguments().finetuning().stage() == Stage.PT ? ResultFiles.withPerplexity(metrics) : metrics;
        ResultFiles.write(disk, folder, "eval", written);
        return written;
    }
}
