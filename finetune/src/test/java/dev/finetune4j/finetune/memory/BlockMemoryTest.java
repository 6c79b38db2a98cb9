package dev.finetune4j.finetune.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.training.walk.ActivationPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the forecast says of a block, against a block. */
class BlockMemoryTest {
    private static final ComputePolicy MIXED = new ComputePolicy(DType.FLOAT32, DType.BFLOAT16, "test");

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void forecastEqualsTheTape(String family) {
        assertTape(family, ComputePolicy.FP32, "fused", 0);
        assertTape(family, ComputePolicy.FP32, "chunked", 4);
        assertTape(family, MIXED, "chunked", 4);
    }

    private static void assertTape(String family, ComputePolicy policy, String kernel, int rank) {
        ModelConfig config = TrainableCountTest.config(family, true);
        try (Decoder decoder = new DecoderLoader(config, policy, AttentionKernels.named(kernel), Device.CPU).fresh(1)) {
            if (rank > 0) {
                Plugins.named(TuningMethod.class, "lora")
                        .install(
                                decoder,
                                TuningRequest.of("model", 1)
                                        .with(new TuningRequest.Lora(rank, 8, 0, List.of("all"), false)));
            }
            TokenRow row = TokenRow.of(new int[] {5, 6, 7, 8, 9}, new int[] {5, 6, 7, 8, 9}, 0);
            TokenBatch batch = new TokenBatch(List.of(row, row));
            try (Scope scope = Scope.open("test");
                    Tape tape = Tape.saving(Draws.NONE, null);
                    Tape thin = Tape.thin(Draws.NONE, null)) {
                Flow flow = decoder.start(decoder.ids(batch), AttentionLayout.of(batch));
                decoder.blocks().get(0).forward(flow, tape);
                decoder.blocks().get(0).forward(flow, thin);
                BlockMemory block = BlockMemory.of(config, policy, 6L * rank);
                assertEquals(
                        tape.bytes(), batch.length() * block.kept(), family + " " + kernel + " " + policy.product());
                assertEquals(thin.bytes(), batch.length() * block.again());
                assertEquals(
                        flow.hidden().nbytes(),
                        batch.length() * block.offloaded(config, policy).again());
            }
        }
    }

    @Test
    void keptBlocksAreAsManyAsFit() {
        BlockMemory block = new BlockMemory(100, 10, 50);
        // 4 blocks: k kept need k · 100 + (4 − k) · 10 + 50, or while one is run again (4 − k) · 10 + 100 + 50, a
        // token.
        assertEquals(4, kept(Activations.AUTO, block, 450, 1));
        assertEquals(3, kept(Activations.AUTO, block, 449, 1));
        assertEquals(1, kept(Activations.AUTO, block, 180, 1));
        assertEquals(0, kept(Activations.AUTO, block, 10, 1));
        assertEquals(0, kept(Activations.RECOMPUTE, block, 10_000, 1));
        assertEquals(0, kept(Activations.OFFLOAD, block, 10_000, 1));
        assertEquals(4, kept(Activations.KEEP, block, 10, 1));
        assertEquals(4, kept(Activations.AUTO, block, 4500, 10));
    }

    private static int kept(Activations wish, BlockMemory block, long available, long tokens) {
        return ActivationPlan.choose(wish, 4, 0, block, new ActivationPlan.Load(available, tokens, 1, 0))
                .kept();
    }

    @Test
    void walksAreDividedOnlyWhereEvenRecomputingDoesNotFit() {
        BlockMemory block = new BlockMemory(100, 10, 50);
        ActivationPlan whole =
                ActivationPlan.choose(Activations.AUTO, 4, 0, block, new ActivationPlan.Load(1900, 10, 3, 0));
        ActivationPlan divided =
                ActivationPlan.choose(Activations.AUTO, 4, 0, block, new ActivationPlan.Load(1000, 10, 3, 0));
        ActivationPlan rowWise =
                ActivationPlan.choose(Activations.AUTO, 4, 0, block, new ActivationPlan.Load(1, 10, 3, 0));
        assertEquals(ActivationPlan.UNDIVIDED, whole.tokensPerWalk());
        assertEquals(5, divided.tokensPerWalk());
        assertEquals(3, rowWise.tokensPerWalk());
        assertTrue(divided.bytes(block, 10, 0) <= 1000);
        assertEquals(new ActivationPlan(4, 0, 0, ActivationPlan.UNDIVIDED), divided.undivided());
    }

    @Test
    void theLastBlocksKeepTheirs() {
        assertEquals(
                List.of(ActivationPolicy.RECOMPUTE, ActivationPolicy.RECOMPUTE, ActivationPolicy.KEEP),
                ActivationPlan.policies(3, 1, Activations.AUTO));
        assertEquals(
                List.of(ActivationPolicy.OFFLOAD, ActivationPolicy.OFFLOAD),
                ActivationPlan.policies(2, 0, Activations.OFFLOAD));
    }

    @Test
    void blocksBelowTheLowestThatTrainsNeedNothing() {
        BlockMemory block = new BlockMemory(100, 10, 50);
        ActivationPlan plan =
                ActivationPlan.choose(Activations.AUTO, 4, 3, block, new ActivationPlan.Load(150, 1, 1, 0));
        assertEquals(1, plan.kept());
        assertEquals(150, plan.bytes(block, 1, 0));
    }
}
