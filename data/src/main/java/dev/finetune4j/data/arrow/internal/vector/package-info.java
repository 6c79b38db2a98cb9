/** The columns of one record batch as views of its bytes: nothing is copied before a value is asked for. */
@NullMarked
package dev.finetune4j.data.arrow.internal.vector;

import org.jspecify.annotations.NullMarked;
