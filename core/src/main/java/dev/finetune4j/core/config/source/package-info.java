/**
 * Where settings come from: YAML and JSON documents with the line of every key, {@code key=value} on a command line, and
 * Java values. All of them become JSON nodes, so that a later stage sees no difference between the doors.
 */
@NullMarked
package dev.finetune4j.core.config.source;

import org.jspecify.annotations.NullMarked;
