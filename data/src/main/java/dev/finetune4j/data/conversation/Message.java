package dev.finetune4j.data.conversation;

import java.util.List;

/**
 * One turn.
 *
 * @param content text as the data has it; media stand in it as placeholders such as {@code <image>}. Of a function message
 *     without {@code calls} it holds the calls as JSON
 * @param calls calls that follow the content in the same turn, as JSON; empty where there are none
 * @param furtherResults of an observation: what further calls of the turn before returned, after {@code content}
 */
public record Message(Role role, String content, String calls, List<String> furtherResults) {
    public Message {
        furtherResults = List.copyOf(furtherResults);
    }

    /** A turn that is nothing but its text. */
    public Message(Role role, String content) {
        this(role, content, "", List.of());
    }

    public static Message user(String content) {
        return new Message(Role.USER, content);
    }

    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content);
    }

    /** The same turn with another text. */
    public Message content(String text) {
        return new Message(role, text, calls, furtherResults);
    }
}
