/**
 * {@code dataset_info.json}: which data sets exist, where their files are, and which columns and tags mean what. Read as
 * LLaMA-Factory writes it, except that an unknown key is an error instead of a column that is quietly off.
 */
@NullMarked
package dev.finetune4j.data.catalog;

import org.jspecify.annotations.NullMarked;
