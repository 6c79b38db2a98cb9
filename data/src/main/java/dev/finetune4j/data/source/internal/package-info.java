/**
 * Bytes below the readers: a window that moves over a stream, strict UTF-8, and JSON cut into rows before it is parsed, so that
 * memory is bounded by one row and a complaint can show the place.
 */
@NullMarked
package dev.finetune4j.data.source.internal;

import org.jspecify.annotations.NullMarked;
