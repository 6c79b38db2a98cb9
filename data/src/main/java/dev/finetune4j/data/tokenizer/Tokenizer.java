package dev.finetune4j.data.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Text to ids and back. Never truncates, never pads, never adds a token that the text does not hold. Thread-safe and
 * immutable.
 */
public interface Tokenizer extends AutoCloseable {
    /** Ids of a text; the texts of special tokens inside it become those tokens. */
    int[] encode(String text);

    /** Ids of a text in which special tokens' texts are ordinary characters, for content that must not speak as a template. */
    int[] encodeLiteral(String text);

    /**
     * Ids that the tokenizer puts around a text by a rule of its own. Encoding never does; templates write what they need.
     */
    int[] frame();

    /** @param skipSpecial whether special tokens are left out of the text */
    String decode(int[] ids, boolean skipSpecial);

    /** Id of exactly that token, empty where the vocabulary lacks it. */
    OptionalInt id(String token);

    /** Text of a token as the vocabulary writes it, null for an id without one. */
    @Nullable
    String token(int id);

    /** The smallest number of embedding rows that has one for every id. */
    int vocabularySize();

    SpecialTokens specialTokens();

    /** Id of the end-of-sequence token, empty where there is none. */
    default OptionalInt eosId() {
        return idOf(specialTokens().eos());
    }

    /** Id of the beginning-of-sequence token, empty where there is none. */
    default OptionalInt bosId() {
        return idOf(specialTokens().bos());
    }

    /** Id of the padding token, empty where there is none. */
    default OptionalInt padId() {
        return idOf(specialTokens().pad());
    }

    /** Id of a token that may be absent. */
    private OptionalInt idOf(@Nullable String token) {
        return token == null ? OptionalInt.empty() : id(token);
    }

    /** The Jinja chat template that came with the tokenizer, null where none did. */
    @Nullable
    String chatTemplate();

    /** The same tokenizer with another chat template to save. */
    Tokenizer chatTemplate(String jinja);

    /**
     * The same tokenizer with other special tokens. Tokens that the vocabulary lacks are added behind it, which may make
     * it larger than a model's embedding.
     */
    Tokenizer specialTokens(SpecialTokens special);

    /**
     * The same tokenizer with more added tokens, those that the vocabulary lacks behind it in the order given. One that it has
     * keeps its id and is from now on found as a whole; one that is an added token already stays as it is, but may become
     * special.
     */
    Tokenizer with(List<AddedToken> tokens);

    /** Tokens that were added to what the files held, in the order of their ids. */
    List<String> added();

    /** SHA-256 of everything that decides ids, in hexadecimal digits; equal for tokenizers that encode alike. */
    String digest();

    /** Writes the files that another program needs to load this tokenizer into an existing folder. */
    void save(Path folder);

    @Override
    void close();
}
