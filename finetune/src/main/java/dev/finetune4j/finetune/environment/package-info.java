/** What this machine offers: native libraries and where they come from, processor features, devices and memory. */
@NullMarked
package dev.finetune4j.finetune.environment;

import org.jspecify.annotations.NullMarked;
