/**
 * Makes the {@code tokenizer.json} that a model lacks out of what it has: a SentencePiece model, a file of ranked byte
 * sequences, a vocabulary with merges, or the metadata of a GGUF file. Everything else then sees one kind of tokenizer. What
 * only the model's own code knows, such as the rule that cuts text into words, stands in a table by family; a family that is
 * not in it is refused with the command that makes the file elsewhere. Nothing is ever written into the model's folder.
 */
@NullMarked
package dev.finetune4j.data.tokenizer.rebuild;

import org.jspecify.annotations.NullMarked;
