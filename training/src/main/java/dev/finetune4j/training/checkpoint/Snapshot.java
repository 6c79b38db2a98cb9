package dev.finetune4j.training.checkpoint;

import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import dev.finetune4j.training.listener.CheckpointPart;
import dev.finetune4j.training.listener.TrainerState;
import java.util.List;

/**
 * A run at one instant, to be written as a checkpoint.
 *
 * @param state what is needed to go on
 * @param trainerState what {@code trainer_state.json} says
 * @param trainable exact values of the trainable parameters; empty if they are not kept
 * @param optimizer its state; empty if it is not kept
 * @param parts listeners with a file of their own
 */
public record Snapshot(
        TrainingState state,
        TrainerState trainerState,
        List<Item> trainable,
        List<Item> optimizer,
        List<CheckpointPart> parts) {
    long bytes() {
        return trainable.stream().mapToLong(Item::bytes).sum()
                + optimizer.stream().mapToLong(Item::bytes).sum();
    }
}
