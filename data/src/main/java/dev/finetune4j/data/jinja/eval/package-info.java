/**
 * Runs a template. Its tree is turned once into small functions that hold all that is known beforehand; a rendering passes
 * a {@link dev.finetune4j.data.jinja.eval.Frame} with the variables through them. Names are looked up from the innermost
 * block outwards, then in what was given, then among the globals, as Jinja's scopes resolve them.
 */
@NullMarked
package dev.finetune4j.data.jinja.eval;

import org.jspecify.annotations.NullMarked;
