/**
 * Everything optional is found by name through {@link java.util.ServiceLoader} and knows nothing of its siblings.
 */
@NullMarked
package dev.finetune4j.core.plugin;

import org.jspecify.annotations.NullMarked;
