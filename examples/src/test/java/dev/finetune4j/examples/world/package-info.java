/** What the invented world promises. */
@NullMarked
package dev.finetune4j.examples.world;

import org.jspecify.annotations.NullMarked;
