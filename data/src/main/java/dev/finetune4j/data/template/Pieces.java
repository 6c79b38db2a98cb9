package dev.finetune4j.data.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands around each kind of message.
 *
 * @param prefix in front of everything, without a placeholder
 * @param function around rendered function calls
 * @param observation around what functions returned
 * @param tools around the raw tool list, for the templates that write it as it is; null where the tool format renders it
 * @param betweenResults what stands between the results of several calls inside one observation
 * @param callWords words around calls inside an answer's text
 */
public record Pieces(
        Slots prefix,
        Slots system,
        Slots user,
        Slots assistant,
        Slots function,
        Slots observation,
        @Nullable Slots tools,
        String betweenResults,
        Thinking callWords) {
    /**
     * The same pieces with calls around which nothing but the end token stands: what another tool format than the template's
     * own gets.
     */
    Pieces withDefaultCalls(boolean efficientEos) {
        Slot content = new Slot.Text(Slots.PLACEHOLDER);
        Slots calls = new Slots(efficientEos ? List.of(content) : List.of(content, Slot.Special.EOS));
        return new Pieces(prefix, system, user, assistant, calls, observation, null, betweenResults, callWords);
    }

    /** The same pieces with calls inside what stands around answers. */
    Pieces withCallsAsAnswers() {
        return new Pieces(prefix, system, user, assistant, assistant, observation, null, betweenResults, callWords);
    }
}
