/**
 * Every failure of the library is unchecked and extends {@link dev.finetune4j.core.error.FineTuneException}. A message
 * answers three questions in one to three sentences: what happened, where (file, row, key, tensor), and what to do now.
 * Fields carry the same facts for programs.
 */
@NullMarked
package dev.finetune4j.core.error;

import org.jspecify.annotations.NullMarked;
