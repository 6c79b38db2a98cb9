/**
 * Files to rows. A row is what one line or one array element says, as plain values, together with where it stands, so
 * that every later complaint can name file and line. Readers are found by file extension; text is UTF-8, always, with or
 * without a byte-order mark.
 */
@NullMarked
package dev.finetune4j.data.source;

import org.jspecify.annotations.NullMarked;
