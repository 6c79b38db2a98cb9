package dev.finetune4j.data.jinja;

import java.util.List;

/**
 * What a chat template made of a conversation.
 *
 * @param generated the parts between {@code {% generation %}} and its end, in the order they were written; what the model
 *     is to learn
 */
public record Rendering(String text, List<Span> generated) {
    public Rendering {
        generated = List.copyOf(generated);
    }

    /**
     * Part of the text.
     *
     * @param begin index of the first char
     * @param end index behind the last
     */
    public record Span(int begin, int end) {}
}
