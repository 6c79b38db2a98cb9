package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.training.CheckpointArguments;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.listener.ResultFiles;
import dev.finetune4j.training.rows.StepPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run begins, goes on, or must not touch what lies in its output folder. The rules are LLaMA-Factory's: without
 * {@code overwrite_output_dir} the newest checkpoint is taken up, and a folder with results but no checkpoint is left alone.
 *
 * @param path {@code output_dir}
 * @param resume the checkpoint to go on from; null begins anew
 * @param overwrite whether what an earlier run left there may go
 */
public record OutputFolder(Path path, @Nullable Checkpoint resume, boolean overwrite) {
    private static final List<String> RESULTS = List.of(
            "adapter_model.safetensors",
            "adapter_model.bin",
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json");

    /**
     * Looks at the folder; changes nothing.
     *
     * @throws CheckpointException if results would be overwritten, or the checkpoint asked for cannot be taken up
     */
    static OutputFolder of(FineTuneArguments arguments) {
        Path path = arguments.training().output().outputDir();
        boolean overwrite = arguments.training().output().overwriteOutputDir();
        if (!arguments.training().trains()) {
            return new OutputFolder(path, null, overwrite);
        }
        CheckpointArguments wish = arguments.training().checkpoint();
        String asked = wish.resumeFromCheckpoint();
        if (asked != null) {
            return new OutputFolder(path, asked(path, wish, asked), false);
        }
        if (overwrite) {
            return new OutputFolder(path, null, true);
        }
        Checkpoint newest = Checkpoints.newest(path);
        if (newest == null) {
            refuseResults(path);
        }
        return new OutputFolder(path, newest, false);
    }

    private static Checkpoint asked(Path output, CheckpointArguments wish, String asked) {
        if (!wish.resumesNewest()) {
            return Checkpoint.open(Path.of(asked));
        }
        Checkpoint newest = Checkpoints.newest(output);
        if (newest == null) {
            throw new CheckpointException(
                    output + ": holds no complete checkpoint, but resume_from_checkpoint asks for the"
                            + " newest. Leave it out to begin anew, or name a checkpoint's folder.");
        }
        return newest;
    }

    private static void refuseResults(Path path) {
        for (String name : RESULTS) {
            if (Files.exists(path.resolve(name))) {
                throw new CheckpointException(
                        path + ": holds the results of a run (" + name + ") and no checkpoint to go"
                                + " on from. Set overwrite_output_dir: true to replace them, or choose another output_dir.");
            }
        }
    }

    /**
     * Refuses a run that has nothing left to do. One that was killed after its last checkpoint still has to give away its
     * model and its results.
     *
     * @throws CheckpointException if the checkpoint stands at the last step already and the results are there, or belong
     *     to another folder
     */
    void requireStepsLeft(StepPlan steps, FineTuneArguments arguments) {
        if (resume == null) {
            return;
        }
        int done = resume.step();
        int total = steps.totalStepsFrom(resume.state().progress().position(), done);
        if (done >= total && (!ownsCheckpoint(resume) || holdsResults(arguments))) {
            throw new CheckpointException(
                    path + ": holds a finished run: " + resume.folder().getFileName() + " stands at step "
                            + done + " of " + total
                            + ", so nothing is left to train. Raise num_train_epochs or max_steps to go on,"
                            + " set overwrite_output_dir: true to begin anew, or choose another output_dir.");
        }
    }

    private boolean ownsCheckpoint(Checkpoint checkpoint) {
        return path.toAbsolutePath()
                .normalize()
                .equals(checkpoint.folder().toAbsolutePath().normalize().getParent());
    }

    /** Whether every phase of the run has left the file that it writes last. */
    private boolean holdsResults(FineTuneArguments arguments) {
        return Files.exists(ResultFiles.file(path, "train"))
                && (!arguments.training().evaluates() || Files.exists(ResultFiles.file(path, "eval")));
    }
}
