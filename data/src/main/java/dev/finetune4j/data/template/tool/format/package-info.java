/**
 * The tool formats that ship with the library, one class each, found by name; the text of their prompts lies in resources.
 * What they write and read is what LLaMA-Factory does, except where that cannot be read back: then the form that the prompt
 * itself asks for is written, and LLaMA-Factory's only on request.
 */
@NullMarked
package dev.finetune4j.data.template.tool.format;

import org.jspecify.annotations.NullMarked;
