/**
 * One hallway for settings. Every door (builder, YAML or JSON file, command line) fills {@link
 * dev.finetune4j.core.config.Settings}; {@link dev.finetune4j.core.config.ArgumentsBinder} turns the draft into {@link
 * dev.finetune4j.core.config.FineTuneArguments} or reports everything that is wrong with it at once. Names are flat and
 * unique, as in LLaMA-Factory; the tree of records is only how Java sees them. Every key that LLaMA-Factory knows is
 * bound here or refused by name; none is ignored.
 */
@NullMarked
package dev.finetune4j.core.config;

import org.jspecify.annotations.NullMarked;
