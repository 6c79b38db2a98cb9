package dev.finetune4j.data.conversation;

/** Who speaks. In a well-formed conversation the model's roles and the others take turns. */
public enum Role {
    USER,
    ASSISTANT,
    /** The model calls functions; the text is JSON. */
    FUNCTION,
    /** What a function returned. */
    OBSERVATION;

    /** Whether the model writes these messages. */
    public boolean isAnswer() {
        return this == ASSISTANT || this == FUNCTION;
    }
}
