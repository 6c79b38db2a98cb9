/**
 * Byte-level byte-pair encoding in Java, for the tokenizers whose whole definition is known here to the letter, and for the
 * texts in which nothing depends on a library's edition of Unicode. Everything else is left to the reference library, which
 * also looks over this one's shoulder. It exists because encoding is nearly all of the time that preparing data takes.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword
 *     Units</a>
 */
@NullMarked
package dev.finetune4j.data.tokenizer.bytes;

import org.jspecify.annotations.NullMarked;
