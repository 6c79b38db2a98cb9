package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * Settings of process groups, which a run in one process meets trivially.
 *
 * @param ddpTimeout longest wait of a collective operation, in seconds; ≥ 1. Default: 1800
 * @param ddpFindUnusedParameters search for parameters without a gradient. Default: none
 * @param averageTokensAcrossDevices count the loss tokens of all devices. Default: true
 */
public record DistributedArguments(
        @Equivalent("one process, which waits for no other") @Default("1800")
        long ddpTimeout,

        @Equivalent("one process, which reduces no gradients") @Nullable
        Boolean ddpFindUnusedParameters,

        @Equivalent("one process counts all tokens of a step") @Default("true")
        boolean averageTokensAcrossDevices) {
    public DistributedArguments {
        new Check().atLeast("ddp_timeout", ddpTimeout, 1).done();
    }
}
