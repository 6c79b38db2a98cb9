package dev.finetune4j.data.tokenizer;

/**
 * A token that is found in a text before the text is split into words.
 *
 * @param text the token
 * @param special whether decoding may leave it out; an ordinary one is looked for in the normalised text
 */
public record AddedToken(String text, boolean special) {}
