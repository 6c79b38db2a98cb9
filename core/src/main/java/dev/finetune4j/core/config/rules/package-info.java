/**
 * Demands that tie several settings together, one class for each family. They run over finished records, name every key
 * they are about and where it was given, and are the only place outside the records that judges settings.
 */
@NullMarked
package dev.finetune4j.core.config.rules;

import org.jspecify.annotations.NullMarked;
