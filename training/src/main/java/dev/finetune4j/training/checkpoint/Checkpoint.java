package dev.finetune4j.training.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.WeightSource;
import dev.finetune4j.training.listener.CheckpointPart;
import dev.finetune4j.training.listener.TrainerStateFile;
import dev.finetune4j.training.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A complete checkpoint: a folder whose every file is as it was written. Immutable; restoring reads it again. */
public final class Checkpoint {
    static final String STATE = "finetune4j_state.json";
    static final String TRAINABLE = "trainable.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final TrainingState state;

    private Checkpoint(Path folder, TrainingState state) {
        this.folder = folder;
        this.state = state;
    }

    /**
     * Opens a checkpoint and compares every file with its checksum.
     *
     * @throws CheckpointException if the folder is none of this library's, not complete, or damaged
     */
    public static Checkpoint open(Path folder) {
        Path file = folder.resolve(STATE);
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + ": there is no such checkpoint folder.");
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    folder + ": holds no " + STATE + ", so it is not a complete checkpoint of this"
                            + " library. Weights in it can be loaded as model or adapter.");
        }
        try {
            TrainingState state = JSON.readValue(Files.readAllBytes(file), TrainingState.class);
            if (state.version() > TrainingState.VERSION) {
                throw new CheckpointException(folder + ": was written by a newer version of this library (layout "
                        + state.version() + ", known: " + TrainingState.VERSION + ").");
            }
            String difference = FileMarks.difference(folder, state.files());
            if (difference != null) {
                throw new CheckpointException(folder + ": is damaged: " + difference + ".");
            }
            return new Checkpoint(folder, state);
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The same after its folder was renamed. */
    Checkpoint at(Path renamed) {
        return new Checkpoint(renamed, state);
    }

    public Path folder() {
        return folder;
    }

    public TrainingState state() {
        return state;
    }

    /** Updates done when it was written. */
    public int step() {
        return state.progress().step();
    }

    /** The log entries up to it. */
    public List<Map<String, Number>> history() {
        return TrainerStateFile.history(folder);
    }

    /**
     * Gives every trainable parameter the exact value it had.
     *
     * @return tensors read
     * @throws CheckpointException if the checkpoint's tensors are not those that the run trains
     */
    public int restoreParameters(ParameterStore parameters) {
        Path file = folder.resolve(TRAINABLE);
        requireExact(file);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            requireSameNames(source, parameters);
            for (Parameter parameter : parameters.trainable()) {
                try (Scope scope = Scope.open("restore parameter")) {
                    requireSameKind(source, parameter);
                    parameter.value().copy_(source.read(parameter.name()));
                }
            }
            return source.entries().size();
        }
    }

    /** Gives an optimizer the state it had; returns the tensors read. */
    public int restoreOptimizer(Optimizer optimizer, ParameterStore parameters) {
        Path file = folder.resolve(OPTIMIZER);
        requireExact(file);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            optimizer.state().restore(source, parameters);
            return source.entries().size();
        }
    }

    /** Gives a listener back the file it stored. */
    public void restorePart(CheckpointPart part) {
        Path file = folder.resolve(part.fileName());
        if (Files.exists(file)) {
            try {
                part.restore(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new CheckpointException(file + ": cannot be read: " + e.getMessage(), e);
            }
        }
    }

    private void requireExact(Path file) {
        if (!Files.exists(file)) {
            throw new CheckpointException(folder + ": was saved with save_only_model, so no run can go on from it. Name"
                    + " its folder as model_name_or_path or adapter_name_or_path to start a new run from its weights.");
        }
    }

    private void requireSameNames(WeightSource source, ParameterStore parameters) {
        TreeSet<String> saved = new TreeSet<>(source.entries().keySet());
        TreeSet<String> wanted = new TreeSet<>();
        parameters.trainable().forEach(p -> wanted.add(p.name()));
        if (!saved.equals(wanted)) {
            TreeSet<String> missing = new TreeSet<>(wanted);
            missing.removeAll(saved);
            saved.removeAll(wanted);
            throw new CheckpointException(folder + ": does not fit this run. Trained here but not in the checkpoint: "
                    + some(missing) + "; in the checkpoint but not trained here: " + some(saved)
                    + ". Resume with the settings the checkpoint was written with.");
        }
    }

    private static String some(TreeSet<String> names) {
        List<String> first = names.stream().limit(10).toList();
        return names.isEmpty()
                ? "none"
                : String.join(", ", first) + (names.size() > 10 ? " and " + (names.size() - 10) + " more" : "");
    }

    private void requireSameKind(WeightSource source, Parameter parameter) {
        WeightSource.Entry entry = source.entries().get(parameter.name());
        long[] shape = entry == null ? new long[0] : entry.shape();
        DType dtype = entry == null ? parameter.dtype() : entry.dtype();
        if (!Arrays.equals(shape, parameter.shape()) || dtype != parameter.dtype()) {
            throw new CheckpointException(
                    folder + ": " + parameter.name() + " is " + Arrays.toString(shape) + " " + dtype
                            + " there and " + Arrays.toString(parameter.shape()) + " " + parameter.dtype()
                            + " here. Resume with the settings the checkpoint was written with.");
        }
    }
}
