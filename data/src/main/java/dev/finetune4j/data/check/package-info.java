/**
 * Looks at the rows of a data set without a model: what columns and roles there are, which layout that is, how the catalog
 * entry fits it, and an entry that would fit better.
 */
@NullMarked
package dev.finetune4j.data.check;

import org.jspecify.annotations.NullMarked;
