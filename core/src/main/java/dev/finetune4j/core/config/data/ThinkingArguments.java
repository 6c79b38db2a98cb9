package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.NullMeans;

/**
 * What templates for reasoning models do about thoughts; others have none.
 *
 * @param enableThinking {@code true} trains answers without a thought to begin with an empty one; {@code false} removes
 *     thoughts and puts the empty one into the prompt; {@code auto}, or null, trains thoughts where there are some and
 *     prompts with an empty one elsewhere. Default: true
 * @param preserveThinking keep the thoughts of earlier turns. Default: false
 */
public record ThinkingArguments(
        @NullMeans("auto") @Default("true") EnableThinking enableThinking,
        @Default("false") boolean preserveThinking) {}
