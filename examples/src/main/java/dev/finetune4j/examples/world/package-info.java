/**
 * The invented world behind the quick start: a grammar that tells short stories about the people of an island, asks
 * questions about them, and a byte-level BPE that is trained on the result.
 *
 * <p>The names of people and towns come from an open pool of syllables and mean nothing. A model that has only learned
 * which words are frequent cannot answer; it has to find the name in the story in front of it. One seed fixes every
 * byte that {@link dev.finetune4j.examples.world.MakeWorld} writes.
 */
@NullMarked
package dev.finetune4j.examples.world;

import org.jspecify.annotations.NullMarked;
