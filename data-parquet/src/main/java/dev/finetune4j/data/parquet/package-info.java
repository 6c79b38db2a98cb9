/**
 * Parquet files as rows. The only class is found through {@link java.util.ServiceLoader}; nobody names it.
 */
@NullMarked
package dev.finetune4j.data.parquet;

import org.jspecify.annotations.NullMarked;
