/** What the tests of all modules share: leak checks, tolerances, golden files. */
@NullMarked
package dev.finetune4j.core.testing;

import org.jspecify.annotations.NullMarked;
