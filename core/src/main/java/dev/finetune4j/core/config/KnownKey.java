package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.Nodes;
import java.util.List;
import java.util.stream.Stream;

/**
 * A key of LLaMA-Factory or of the Hugging Face trainer that no record binds.
 *
 * @param key snake_case name
 * @param group what it belongs to, for the reference
 * @param standing what happens to it
 * @param defaultValue the value that changes nothing; a null node where only absence does
 * @param same further values that mean the default
 * @param hint what to do now, where the value comes from, or why there is no effect; may be empty
 */
public record KnownKey(
        String key, String group, Standing standing, JsonNode defaultValue, List<JsonNode> same, String hint) {
    /** What happens to a key that no record binds. */
    public enum Standing {
        /** Refused unless it has its default. */
        LATER,
        /** Refused unless it has its default, because its value follows from other settings. */
        DERIVED,
        /** Accepted with a note; it cannot have an effect here. */
        INERT
    }

    /** Whether a given value changes nothing. */
    public boolean accepts(JsonNode value) {
        if (standing == Standing.INERT) {
            return true;
        }
        String given = Nodes.plain(value);
        return Stream.concat(Stream.of(defaultValue), same.stream())
                .anyMatch(node -> Nodes.plain(node).equals(given));
    }

    /** Why a setting of this key is refused, as a sentence with its place. */
    String refusal(Setting setting) {
        String end = hint.isEmpty() ? "" : " " + hint;
        return standing == Standing.DERIVED
                ? setting.where() + " cannot be set, found " + setting.shown() + "." + end
                : "known, not available yet: " + setting.where() + ", found " + setting.shown() + "." + end;
    }
}
