package dev.finetune4j.data.batch;

/**
 * Which tokens are learned.
 *
 * @param trainOnPrompt whether prompts are learned as well as answers
 * @param maskHistory whether only the last answer is learned; it then also has the first claim on the length limit
 * @param likeLlamaFactory labels exactly as LLaMA-Factory sets them, also where that looks unintended: an end token after a
 *     cut answer, end tokens of a masked history, first tokens of packed rows, rows without any learned token
 */
public record Masking(boolean trainOnPrompt, boolean maskHistory, boolean likeLlamaFactory) {
    public static final Masking ANSWERS = new Masking(false, false, false);
}
