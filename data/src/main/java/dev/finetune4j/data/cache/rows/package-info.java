/** Rows before they are encoded, too many for memory and wanted in another order than they come. */
@NullMarked
package dev.finetune4j.data.cache.rows;

import org.jspecify.annotations.NullMarked;
