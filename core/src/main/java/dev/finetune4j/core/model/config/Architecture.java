package dev.finetune4j.core.model.config;

import dev.finetune4j.core.plugin.Plugin;

/**
 * A model family: says what the facts of its config files mean. Its {@link #name} is the {@code model_type}.
 *
 * <p>To add a family, write one and list it in {@code META-INF/services}; a family that does not fit shows that
 * {@link ModelConfig} lacks a fact.
 */
public interface Architecture extends Plugin {
    /**
     * Reads a config file.
     *
     * @throws dev.finetune4j.core.error.WeightException if a needed key is missing or has no meaning here
     */
    ModelConfig read(ConfigFile config);
}
