package dev.finetune4j.data.conversation;

/**
 * One turn.
 *
 * @param content text as the data has it; media stand in it as placeholders such as {@code <image>}, function calls as JSON
 */
public record Message(Role role, String content) {
    public static Message user(String content) {
        return new Message(Role.USER, content);
    }

    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content);
    }
}
