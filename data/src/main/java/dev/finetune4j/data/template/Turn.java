package dev.finetune4j.data.template;

import java.util.List;

/**
 * What the model reads and what it then writes, as pieces.
 *
 * @param prompt pieces of the other side's message, with prefix and system text in the first turn
 * @param response pieces of the model's message
 */
public record Turn(List<Slot> prompt, List<Slot> response) {
    public Turn {
        prompt = List.copyOf(prompt);
        response = List.copyOf(response);
    }
}
