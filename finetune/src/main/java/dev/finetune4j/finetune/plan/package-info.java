/**
 * What a run will do, worked out before any weight is read: which parameters train, how long the rows are, what the walk
 * keeps and what it computes again, and how much memory each phase takes. Everything decided here is decided once: it is
 * printed, stored in checkpoints and used again on resume.
 */
@NullMarked
package dev.finetune4j.finetune.plan;

import org.jspecify.annotations.NullMarked;
