/**
 * Rows to conversations. A format knows one way of laying out columns and messages; a row that does not fit is not a
 * conversation, and the reason is kept with its place, so that a run can say what it left out and why.
 */
@NullMarked
package dev.finetune4j.data.format;

import org.jspecify.annotations.NullMarked;
