/**
 * Tokenizers made of pieces with scores, as SentencePiece trains them: their model file read (Kudo and Richardson 2018), and
 * turned into the parts of a {@code tokenizer.json}. A piece is a run of characters in which {@code U+2581} stands for a
 * blank; some pieces are not text at all but control tokens, single bytes or the unknown.
 */
@NullMarked
package dev.finetune4j.data.tokenizer.rebuild.piece;

import org.jspecify.annotations.NullMarked;
