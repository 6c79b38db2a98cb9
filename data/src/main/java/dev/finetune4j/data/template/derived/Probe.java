package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.Slots;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renders conversations whose texts are placeholders, to see what a chat template writes around them. */
record Probe(ChatTemplate chat) {
    static final String CONTENT = Slots.PLACEHOLDER;
    static final Map<String, Object> SYSTEM = message("system", CONTENT);
    static final Map<String, Object> NO_SYSTEM = message("system", "");
    static final Map<String, Object> USER = message("user", CONTENT);
    static final Map<String, Object> ASSISTANT = message("assistant", CONTENT);

    private static Map<String, Object> message(String role, String content) {
        // In this order, as some templates print whole messages.
        return SampleConversation.ordered("role", role, "content", content);
    }

    /**
     * @param what the conversation, for the message
     * @param prompt whether the text ends where the model is to answer
     * @throws TemplateException if the chat template refuses it
     */
    String text(String what, List<Map<String, Object>> messages, boolean prompt) {
        try {
            return chat.render(messages, prompt, Map.of());
        } catch (TemplateException e) {
            throw unreadable("it does not render " + what, e);
        }
    }

    static TemplateException unreadable(String why, @Nullable TemplateException cause) {
        String says = cause == null ? "" : " What it says: " + cause.getMessage();
        return new TemplateException(
                "No template is set, and the one inside the tokenizer cannot be read: " + why
                        + ". Set template to the name that belongs to the model, or to \"empty\" to write messages"
                        + " without anything around them." + says,
                cause);
    }
}
