/** How long a row may be, what becomes of longer ones, and how prompt and answer share the room there is. */
@NullMarked
package dev.finetune4j.data.batch.limit;

import org.jspecify.annotations.NullMarked;
