package dev.finetune4j.data.conversation;

import dev.finetune4j.data.source.Provenance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample in words.
 *
 * @param messages turns; user or observation first, then taking turns with the model. Ends with the model's answer where it
 *     has one; with a preference or for pretraining it ends with the other side
 * @param system system text, empty for none
 * @param tools descriptions of the functions the model may call, as a JSON list; empty for none
 * @param preference two answers to compare
 * @param feedback whether the last answer is wanted
 */
public record Conversation(
        List<Message> messages,
        String system,
        String tools,
        Media media,
        @Nullable Preference preference,
        @Nullable Boolean feedback,
        Provenance provenance) {
    public Conversation {
        messages = List.copyOf(messages);
    }

    /** A plain conversation from memory. */
    public static Conversation of(List<Message> messages, Provenance provenance) {
        return new Conversation(messages, "", "", Media.NONE, null, null, provenance);
    }

    /** One question and its answer. */
    public static Conversation of(String question, String answer) {
        return of(List.of(Message.user(question), Message.assistant(answer)), Provenance.inMemory("memory", 0));
    }

    /** The same with another system text. */
    public Conversation system(String text) {
        return new Conversation(messages, text, tools, media, preference, feedback, provenance);
    }

    /** Whether the last message is the model's. */
    public boolean isAnswered() {
        return !messages.isEmpty() && messages.get(messages.size() - 1).role().isAnswer();
    }
}
