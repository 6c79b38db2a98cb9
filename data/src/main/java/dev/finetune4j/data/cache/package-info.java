/**
 * Encoded rows on disk, as Arrow tables that Python's {@code datasets} opens: rows too many for memory, and rows kept for
 * later runs under a key that says of what and how they were made.
 */
@NullMarked
package dev.finetune4j.data.cache;

import org.jspecify.annotations.NullMarked;
