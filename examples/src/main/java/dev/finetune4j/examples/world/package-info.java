/**
 * The invented world behind the quick start: a grammar that tells short stories about the people of an island, asks
 * questions about them, and a byte-level BPE that is trained on the result.
 *
 * <p>Each question asks how the story in the prompt begins or ends, which one of its sentences decides: the model knows
 * these sentences from pretraining and meets questions and answers only in tuning. The names of people and towns come
 * from an open pool of syllables, parted between training and held-back rows. One seed fixes every byte that
 * {@link dev.finetune4j.examples.world.MakeWorld} writes.
 */
@NullMarked
package dev.finetune4j.examples.world;

import org.jspecify.annotations.NullMarked;
