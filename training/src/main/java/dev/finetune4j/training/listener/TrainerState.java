package dev.finetune4j.training.listener;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code trainer_state.json} says of a run.
 *
 * @param step updates done
 * @param maxSteps updates planned
 * @param epoch epochs done
 * @param epochs epochs that the run enters
 * @param loggingSteps resolved interval
 * @param evaluationSteps resolved interval
 * @param savingSteps resolved interval
 * @param batchSize rows of a micro-batch
 * @param inputTokens tokens seen; 0 unless counted
 * @param flops estimate of the floating point operations done
 * @param bestMetric best value of the metric that selects models; null without one
 * @param bestStep its step
 * @param bestCheckpoint its folder
 * @param listeners state of listeners by the names that the Hugging Face trainer gives them
 * @param history every log entry
 */
public record TrainerState(
        int step,
        int maxSteps,
        double epoch,
        int epochs,
        int loggingSteps,
        int evaluationSteps,
        int savingSteps,
        int batchSize,
        long inputTokens,
        double flops,
        @Nullable Double bestMetric,
        @Nullable Integer bestStep,
        @Nullable String bestCheckpoint,
        Map<String, Object> listeners,
        List<Map<String, Number>> history) {
    public TrainerState {
        history = List.copyOf(history);
    }

    /** The file's fields. */
    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("best_global_step", bestStep);
        fields.put("best_metric", bestMetric);
        fields.put("best_model_checkpoint", bestCheckpoint);
        fields.put("epoch", epoch);
        fields.put("eval_steps", evaluationSteps);
        fields.put("global_step", step);
        fields.put("is_hyper_param_search", false);
        fields.put("is_local_process_zero", true);
        fields.put("is_world_process_zero", true);
        fields.put("log_history", history);
        fields.put("logging_steps", loggingSteps);
        fields.put("max_steps", maxSteps);
        fields.put("num_input_tokens_seen", inputTokens);
        fields.put("num_train_epochs", epochs);
        fields.put("save_steps", savingSteps);
        fields.put("stateful_callbacks", listeners);
        fields.put("total_flos", flops);
        fields.put("train_batch_size", batchSize);
        fields.put("trial_name", null);
        fields.put("trial_params", null);
        return fields;
    }
}
