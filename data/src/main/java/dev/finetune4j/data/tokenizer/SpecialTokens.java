package dev.finetune4j.data.tokenizer;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens play which part, by their text; null where the tokenizer has none for the part.
 *
 * @param additional special tokens without a part of their own
 * @param addBos whether the tokenizer's own rule puts the beginning token in front of a text
 */
public record SpecialTokens(
        @Nullable String bos,
        @Nullable String eos,
        @Nullable String pad,
        @Nullable String unk,
        List<String> additional,
        boolean addBos) {
    public SpecialTokens {
        additional = List.copyOf(new LinkedHashSet<>(additional));
    }

    public SpecialTokens eos(String token) {
        return new SpecialTokens(bos, token, pad, unk, additional, addBos);
    }

    public SpecialTokens pad(String token) {
        return new SpecialTokens(bos, eos, token, unk, additional, addBos);
    }

    /** With more additional tokens behind the present ones; those already there stay where they are. */
    public SpecialTokens additional(List<String> tokens) {
        Set<String> all = new LinkedHashSet<>(additional);
        all.addAll(tokens);
        return new SpecialTokens(bos, eos, pad, unk, List.copyOf(all), addBos);
    }

    /** Every token named here, each once. */
    public List<String> all() {
        Set<String> all = new LinkedHashSet<>();
        for (String token : new String[] {bos, eos, pad, unk}) {
            if (token != null) {
                all.add(token);
            }
        }
        all.addAll(additional);
        return List.copyOf(all);
    }
}
