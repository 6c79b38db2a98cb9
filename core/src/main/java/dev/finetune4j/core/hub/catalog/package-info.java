/**
 * Models that have a name of their own, apart from any hub: which repository of which hub a name means, and the chat template
 * that its rows are written in. The table is a resource that a script writes.
 */
@NullMarked
package dev.finetune4j.core.hub.catalog;

import org.jspecify.annotations.NullMarked;
