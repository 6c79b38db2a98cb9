package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that the model gets on top of its own, and where their embeddings start.
 *
 * @param resizeVocab give the model an embedding row for every token of its tokenizer, in multiples of 64; on by itself where
 *     {@code add_tokens} or {@code add_special_tokens} name a token that the tokenizer lacks. Default: false
 * @param addTokens new ordinary tokens, whose texts stay in decoded text. Default: none
 * @param addSpecialTokens new special tokens, whose texts decoding may leave out. Default: none
 * @param newSpecialTokensConfig YAML or JSON file of lines {@code token: description}; its tokens are added as special ones
 *     instead of {@code add_special_tokens}. Default: none
 * @param initSpecialTokens what new rows start with: {@code noise_init} is the mean of all rows and noise,
 *     {@code desc_init} the mean of the rows of the tokens of {@code new_special_tokens_config}'s description, {@code
 *     desc_init_w_noise} that and noise. Default: noise_init
 */
public record VocabularyArguments(
        @Default("false") boolean resizeVocab,
        List<String> addTokens,
        List<String> addSpecialTokens,
        @Nullable Path newSpecialTokensConfig,
        @Default("noise_init") InitSpecialTokens initSpecialTokens) {
    public VocabularyArguments {
        addTokens = List.copyOf(addTokens);
        addSpecialTokens = List.copyOf(addSpecialTokens);
        String demand = "must name each token once, and none that is blank";
        new Check()
                .that(areTokens(addTokens), "add_tokens", addTokens, demand)
                .that(areTokens(addSpecialTokens), "add_special_tokens", addSpecialTokens, demand)
                .done();
    }

    private static boolean areTokens(List<String> tokens) {
        return tokens.stream().noneMatch(String::isBlank) && new HashSet<>(tokens).size() == tokens.size();
    }

    /** Whether tokens are named that may be new. */
    public boolean namesTokens() {
        return !addTokens.isEmpty() || !addSpecialTokens.isEmpty() || newSpecialTokensConfig != null;
    }
}
