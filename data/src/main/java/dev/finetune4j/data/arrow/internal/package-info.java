/**
 * The columnar format below {@code data.arrow}: messages found in a mapped file, schemas, record batches. Every offset and length that a file states is checked before it is followed, so that a damaged file
 * ends in a message and not in a crash or an endless allocation.
 */
@NullMarked
package dev.finetune4j.data.arrow.internal;

import org.jspecify.annotations.NullMarked;
