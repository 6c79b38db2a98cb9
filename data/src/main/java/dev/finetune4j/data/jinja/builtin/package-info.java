/** The filters, tests and global functions that a template finds there. */
@NullMarked
package dev.finetune4j.data.jinja.builtin;

import org.jspecify.annotations.NullMarked;
