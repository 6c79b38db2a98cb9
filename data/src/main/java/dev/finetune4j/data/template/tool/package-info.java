/**
 * How a template writes the functions that a model may call, the calls it makes, and how calls are found again in its
 * answers. Each format is one way that some model family was trained on; formats are found by name.
 */
@NullMarked
package dev.finetune4j.data.template.tool;

import org.jspecify.annotations.NullMarked;
