/**
 * From a data set's rows to the micro-batches of each update: an order per epoch, a position that is counted in rows so
 * that another batch size goes on at the right one, and splits that only memory asks for and no number shows.
 */
@NullMarked
package dev.finetune4j.training.rows;

import org.jspecify.annotations.NullMarked;
