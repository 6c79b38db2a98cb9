package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.VocabularyArguments;
import java.util.Collections;

/** Tokens that a run adds. */
final class VocabularyRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        VocabularyArguments vocabulary = arguments.model().vocabulary();
        findings.report(
                vocabulary.initSpecialTokens().describes() && vocabulary.newSpecialTokensConfig() == null,
                "%s reads descriptions from %s, which is missing. Name that file, or use noise_init.",
                "init_special_tokens",
                "new_special_tokens_config");
        findings.report(
                vocabulary.newSpecialTokensConfig() == null
                        && !Collections.disjoint(vocabulary.addTokens(), vocabulary.addSpecialTokens()),
                "%s and %s have a token in common, which cannot be ordinary and special at once. Keep it in one of them.",
                "add_tokens",
                "add_special_tokens");
    }
}
