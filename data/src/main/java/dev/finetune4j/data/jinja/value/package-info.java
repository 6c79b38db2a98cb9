/**
 * What a chat template computes with. Values are plain Java objects where Java has the same thing: {@code Boolean}, {@code
 * Long}, {@code BigInteger}, {@code Double}, {@code String}, {@code List}, {@code Map}; what only Python has (None, tuples,
 * ranges, views, one-shot iterators, the undefined) has a class here. Nothing that a template can reach changes a list or a
 * map. Every growing thing is charged to the {@link dev.finetune4j.data.jinja.value.Budget} of the rendering.
 */
@NullMarked
package dev.finetune4j.data.jinja.value;

import org.jspecify.annotations.NullMarked;
