/** What a user can set, as data: the table behind {@code --help}, made from the Javadoc of the records. */
@NullMarked
package dev.finetune4j.core.config.reference;

import org.jspecify.annotations.NullMarked;
