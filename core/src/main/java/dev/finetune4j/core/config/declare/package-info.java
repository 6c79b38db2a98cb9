/**
 * The vocabulary in which a group of settings is declared: a record component is a key, {@link
 * dev.finetune4j.core.config.declare.Default} its value when absent, {@link
 * dev.finetune4j.core.config.declare.Check} its range. The snake_case form of the component's name is the key, so
 * {@code loraRank} is {@code lora_rank} everywhere a user meets it. Meaning, unit, range and default are documented
 * once, in the record's {@code @param} line, from which the reference and the help are made.
 */
@NullMarked
package dev.finetune4j.core.config.declare;

import org.jspecify.annotations.NullMarked;
