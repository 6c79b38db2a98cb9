/**
 * The model's own chat template, written in Jinja inside its tokenizer, and the library's templates as data. One is turned
 * into the other where a run names no template, and both are compared where it names one: a model that is trained with one
 * prompt and served with another answers badly, and nothing says why.
 */
@NullMarked
package dev.finetune4j.data.template.derived;

import org.jspecify.annotations.NullMarked;
