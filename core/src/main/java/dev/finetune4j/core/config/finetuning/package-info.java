/** What the user asks of the tuning itself: the stage, which parameters may change, and what is measured. */
@NullMarked
package dev.finetune4j.core.config.finetuning;

import org.jspecify.annotations.NullMarked;
