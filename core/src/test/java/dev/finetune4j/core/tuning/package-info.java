/** The suites that every tuning method and every adapter of a linear map must pass, in this module or another. */
@NullMarked
package dev.finetune4j.core.tuning;

import org.jspecify.annotations.NullMarked;
