/**
 * What has been fetched, on the disk: Hugging Face's cache layout, entry for entry, so that its Python tools and this
 * library share one cache; ModelScope's layout; and the rules of when the cache answers and when the hub is asked.
 */
@NullMarked
package dev.finetune4j.core.hub.cache;

import org.jspecify.annotations.NullMarked;
