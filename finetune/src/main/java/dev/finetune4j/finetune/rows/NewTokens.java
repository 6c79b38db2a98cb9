package dev.finetune4j.finetune.rows;

import java.util.Map;
import java.util.Set;

/**
 * What the settings and the adapters of a run add to the tokenizer of its model.
 *
 * @param wanted whether settings name a token that the tokenizer lacked
 * @param adopted tokens that came with adapters, which hold their rows
 * @param descriptions of special tokens, by token; empty where rows do not start with them
 */
public record NewTokens(boolean wanted, Set<String> adopted, Map<String, String> descriptions) {
    public NewTokens {
        adopted = Set.copyOf(adopted);
        descriptions = Map.copyOf(descriptions);
    }
}
