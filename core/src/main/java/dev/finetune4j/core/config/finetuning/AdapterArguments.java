package dev.finetune4j.core.config.finetuning;

import dev.finetune4j.core.config.declare.Default;
import java.util.List;

/**
 * What every kind of adapter shares.
 *
 * @param additionalTarget modules trained whole beside the adapter and stored with it, such as {@code embed_tokens} or
 *     {@code lm_head}; a name matches the end of a module's path. Default: none
 * @param createNewAdapter merge every adapter of {@code adapter_name_or_path} into the base and train a fresh one,
 *     instead of training the last one further. Default: false
 */
public record AdapterArguments(
        List<String> additionalTarget, @Default("false") boolean createNewAdapter) {
    public AdapterArguments {
        additionalTarget = List.copyOf(additionalTarget);
    }
}
