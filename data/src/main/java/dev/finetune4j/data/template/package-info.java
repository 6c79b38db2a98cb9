/**
 * Chat templates as data: which text and which special tokens stand around each message. A template renders a conversation
 * to pairs of prompt and response, piece by piece, because each piece is tokenized on its own: joining them first gives
 * other ids. The templates themselves are YAML under {@code templates/}, one file per family.
 */
@NullMarked
package dev.finetune4j.data.template;

import org.jspecify.annotations.NullMarked;
