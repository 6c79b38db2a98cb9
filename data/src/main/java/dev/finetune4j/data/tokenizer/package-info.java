/**
 * Text to token ids and back. A tokenizer knows its vocabulary and its special tokens, and nothing of models or chat. It is
 * immutable: changing special tokens gives another tokenizer.
 */
@NullMarked
package dev.finetune4j.data.tokenizer;

import org.jspecify.annotations.NullMarked;
