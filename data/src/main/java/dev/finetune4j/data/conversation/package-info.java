/**
 * The one shape of a sample before it becomes tokens: messages in turn, system text, tools, media, and optionally a pair of
 * answers to compare or a verdict on the last one. Knows neither files nor templates.
 */
@NullMarked
package dev.finetune4j.data.conversation;

import org.jspecify.annotations.NullMarked;
