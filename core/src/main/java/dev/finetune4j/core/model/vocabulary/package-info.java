/**
 * New tokens of a model: how many rows embedding and head get, and what the rows start with. Works on parameters and their
 * names while a model is loaded, before anything is built of them. A new token is known by its id, not by standing last:
 * embeddings are padded, and a new token may fall into a row that is there already.
 */
@NullMarked
package dev.finetune4j.core.model.vocabulary;

import org.jspecify.annotations.NullMarked;
