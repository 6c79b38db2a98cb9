/**
 * Python's semantics, as far as a chat template can see them: what is true, what is equal, how things are ordered, added,
 * cut, printed and formatted. Texts are counted in code points. All of it is without state; what can grow or run long takes
 * the budget of the rendering.
 */
@NullMarked
package dev.finetune4j.data.jinja.python;

import org.jspecify.annotations.NullMarked;
