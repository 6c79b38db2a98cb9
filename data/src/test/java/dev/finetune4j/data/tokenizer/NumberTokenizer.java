package dev.finetune4j.data.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every word is a number, and that number is its id: examples in ids can be written down as they are. */
public final class NumberTokenizer implements Tokenizer {
    private static final int SIZE = 100_000;

    private final SpecialTokens special;

    private NumberTokenizer(SpecialTokens special) {
        this.special = special;
    }

    /** @param addBos whether the tokenizer's own rule puts {@code bos} in front of a text */
    public static NumberTokenizer of(int bos, int eos, boolean addBos) {
        return new NumberTokenizer(
                new SpecialTokens(String.valueOf(bos), String.valueOf(eos), "0", null, List.of(), addBos));
    }

    @Override
    public int[] encode(String text) {
        return text.isBlank()
                ? new int[0]
                : Arrays.stream(text.strip().split("\\s+"))
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    @Override
    public int[] encodeLiteral(String text) {
        return encode(text);
    }

    @Override
    public int[] frame() {
        return special.addBos() ? new int[] {bosId().orElseThrow()} : new int[0];
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    @Override
    public OptionalInt id(String token) {
        return OptionalInt.of(Integer.parseInt(token.strip()));
    }

    @Override
    public String token(int id) {
        return String.valueOf(id);
    }

    @Override
    public int vocabularySize() {
        return SIZE;
    }

    @Override
    public SpecialTokens specialTokens() {
        return special;
    }

    @Override
    public @Nullable String chatTemplate() {
        return null;
    }

    @Override
    public Tokenizer chatTemplate(String jinja) {
        throw new UnsupportedOperationException("numbers have no chat template");
    }

    @Override
    public Tokenizer specialTokens(SpecialTokens other) {
        return new NumberTokenizer(other);
    }

    @Override
    public Tokenizer with(List<AddedToken> tokens) {
        throw new UnsupportedOperationException("every number is a token already");
    }

    @Override
    public List<String> added() {
        return List.of();
    }

    @Override
    public String digest() {
        return "numbers " + special;
    }

    @Override
    public void save(Path folder) {
        throw new UnsupportedOperationException("numbers have no files");
    }

    @Override
    public void close() {}
}
