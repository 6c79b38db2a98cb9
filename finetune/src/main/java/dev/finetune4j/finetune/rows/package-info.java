/** The rows of a run: settings said in the terms of the data module, and data sets that the calling program holds. */
@NullMarked
package dev.finetune4j.finetune.rows;

import org.jspecify.annotations.NullMarked;
