/**
 * The command line. Commands parse, call the facade and print; what they print about a run goes to standard output, logs
 * and errors to standard error. Exit codes: 0 done, 1 the run failed, 2 the command or a setting is wrong, 130 stopped by
 * Ctrl-C.
 */
@NullMarked
package dev.finetune4j.cli;

import org.jspecify.annotations.NullMarked;
