/** The command line, in this process. */
@NullMarked
package dev.finetune4j.cli;

import org.jspecify.annotations.NullMarked;
