/**
 * From the text of a chat template to its tree. The language is Jinja's with the switches that Transformers sets: the line
 * feed after a tag goes, blanks before a tag that begins a line go, the last line feed of the template goes, loops know
 * break and continue, {@code generation} marks what the model writes. Inheritance and includes have no meaning in a chat
 * template and are refused by name.
 */
@NullMarked
package dev.finetune4j.data.jinja.syntax;

import org.jspecify.annotations.NullMarked;
