package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Later;

/**
 * How several data sets become one.
 *
 * @param mixStrategy {@code concat} lays the sets end to end. Default: concat
 */
public record MixingArguments(
        @Later({"interleave_under", "interleave_over", "interleave_once"}) @Default("concat")
        MixStrategy mixStrategy) {}
