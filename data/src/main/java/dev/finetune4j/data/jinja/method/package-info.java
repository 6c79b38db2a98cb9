/**
 * Attributes, elements and methods of values. A builtin is declared with its parameters, so that keywords, defaults and wrong
 * calls are treated in one place. Methods that would change a value are known and refused; nothing of Java's own classes can
 * be reached.
 */
@NullMarked
package dev.finetune4j.data.jinja.method;

import org.jspecify.annotations.NullMarked;
