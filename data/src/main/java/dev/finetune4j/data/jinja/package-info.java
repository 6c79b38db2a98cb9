/**
 * An interpreter for the chat templates that models bring along, written in Jinja. {@link
 * dev.finetune4j.data.jinja.JinjaTemplate} is the door: compile once, render any number of conversations. It follows the
 * renderer of Hugging Face's Transformers to the character, errors included. Templates come from strangers: they can reach
 * nothing but their input, change nothing, and are stopped at limits of time and memory.
 */
@NullMarked
package dev.finetune4j.data.jinja;

import org.jspecify.annotations.NullMarked;
