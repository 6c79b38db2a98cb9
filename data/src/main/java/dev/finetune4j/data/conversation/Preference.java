package dev.finetune4j.data.conversation;

/** Two answers to the same messages, of which the first is better. */
public record Preference(Message chosen, Message rejected) {}
