/**
 * The border to libtorch: lifetimes ({@link dev.finetune4j.core.runtime.Scope}), dtypes and devices as values, the few
 * operators the binding does not map, and the translation of native error text. No other package owns native memory
 * without a scope, calls an operator by name, or reads a native message.
 */
@NullMarked
package dev.finetune4j.core.runtime;

import org.jspecify.annotations.NullMarked;
