/**
 * How a draft becomes records: the schema read from the records' components, the conversion of single values with the
 * spellings LLaMA-Factory tolerates, and the list of problems.
 */
@NullMarked
package dev.finetune4j.core.config.bind;

import org.jspecify.annotations.NullMarked;
