/** What the user asks of the data: which sets, how they are split and mixed, and how rows become token samples. */
@NullMarked
package dev.finetune4j.core.config.data;

import org.jspecify.annotations.NullMarked;
