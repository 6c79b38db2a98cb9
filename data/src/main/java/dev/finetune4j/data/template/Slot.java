package dev.finetune4j.data.template;

/** One piece of a template, before or after its placeholder is filled; each piece is tokenized by itself. */
public sealed interface Slot {
    /** Text that the tokenizer splits; before rendering it may hold the placeholder. */
    record Text(String text) implements Slot {}

    /** A token looked up in the vocabulary by its exact text, never run through the tokenizer. */
    record Token(String token) implements Slot {}

    /** The tokenizer's own beginning- or end-of-sequence token; nothing where it has none. */
    enum Special implements Slot {
        BOS,
        EOS
    }
}
