/**
 * How ggml stores numbers: plain elements, or blocks in which small integers share a scale. One type a line, each with the
 * loop that widens its blocks to fp32, rounded operation by operation as the reference library does.
 */
@NullMarked
package dev.finetune4j.core.gguf.block;

import org.jspecify.annotations.NullMarked;
