/** What commands print for people: the end of a run, the look of data. */
@NullMarked
package dev.finetune4j.cli.page;

import org.jspecify.annotations.NullMarked;
