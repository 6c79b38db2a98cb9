package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan says, and that it needs no weights to say it. */
class PlanTest {
    @TempDir
    private Path folder;

    @Test
    void planReadsNoWeightsAndWritesNothing() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        Files.delete(world.model().resolve("model.safetensors"));
        RunPlan plan = world.draft("out").build().plan();
        assertEquals(4, plan.steps());
        assertEquals(8, plan.stepsPerEpoch());
        assertFalse(Files.exists(world.out("out")));
    }

    @Test
    void planNamesWhatARunIsMadeOf() {
        TinyWorld world = TinyWorld.in(folder);
        String text = world.draft("out")
                .evalDataset("held")
                .set("eval_strategy", "steps")
                .set("eval_steps", 2)
                .set("flash_attn", "fa2")
                .set("plot_loss", true)
                .build()
                .plan()
                .toString();
        for (String expected : new String[] {
            world.model() + ": llama, ",
            "2 blocks, hidden 32, vocabulary 482",
            "lora of rank 4, scale 2, on all",
            "computes in float32",
            "attention kernel ",
            "chats: 30 rows, ",
            "eval: 6 rows, ",
            "stage sft, template chatml, cutoff_len 64, shuffled with seed 42",
            "4 of 2 x 2 rows, 8 an epoch; adamw_torch, learning rate 0.01",
            "logs every 1 step, evaluates every 2 steps",
            "auto: 2 blocks keep theirs, 0 are computed again",
            "adapter_model.safetensors",
            "training_loss.png",
            ", flash_attn fa2 is a kernel of GPUs, so the faster by self-test; head ",
            "flash_attn: fa2 (builder): attention runs document by document"
        }) {
            assertTrue(text.contains(expected), expected + " is missing in\n" + text);
        }
    }

    @Test
    void planNamesModulesThatTrainWholeBesideLora() {
        TinyWorld world = TinyWorld.in(folder);
        String text = world.draft("out")
                .set("additional_target", "embed_tokens")
                .build()
                .plan()
                .text();
        assertTrue(text.contains("on all, and all of embed_tokens: "), text);
    }

    @Test
    void planWarnsOfRowsThatSeeEachOther() {
        TinyWorld world = TinyWorld.in(folder);
        String plain = world.draft("out").set("packing", true).build().plan().text();
        String neat =
                world.draft("out").set("neat_packing", true).build().plan().text();
        assertTrue(plain.contains("neat_packing: true keeps them apart"), plain);
        assertFalse(neat.contains("keeps them apart"), neat);
    }

    @Test
    void keptBlocksFollowTheBudget() {
        TinyWorld world = TinyWorld.in(folder);
        Map<String, String> ample =
                world.draft("out").set("memory_budget", "8GB").build().plan().decisions();
        Map<String, String> none =
                world.draft("out").set("memory_budget", 1000).build().plan().decisions();
        Map<String, String> asked = world.draft("out")
                .set("activations", "recompute")
                .build()
                .plan()
                .decisions();
        assertEquals("2", ample.get("kept_blocks"));
        assertEquals("0", none.get("kept_blocks"));
        assertEquals("0", asked.get("kept_blocks"));
        assertEquals(Long.toString(Long.MAX_VALUE), ample.get("tokens_per_walk"));
        assertTrue(Long.parseLong(none.get("tokens_per_walk")) <= 64, none.toString());
    }

    @Test
    void theAttentionKernelIsTheOneThatIsNamed() {
        TinyWorld world = TinyWorld.in(folder);
        RunPlan explicit =
                world.draft("out").set("flash_attn", "disabled").build().plan();
        RunPlan fused = world.draft("out").set("flash_attn", "sdpa").build().plan();
        assertEquals("chunked", explicit.decisions().get("attention_kernel"));
        assertEquals("fused", fused.decisions().get("attention_kernel"));
        assertTrue(explicit.text().contains("kernel chunked, flash_attn disabled asks for it;"), explicit.text());
        assertTrue(fused.text().contains("kernel fused, flash_attn sdpa asks for it;"), fused.text());
    }

    @Test
    void offloadingKeepsNoBlockAndNeedsTheLeast() {
        TinyWorld world = TinyWorld.in(folder);
        RunPlan offloaded =
                world.draft("out").set("use_unsloth_gc", true).build().plan();
        assertTrue(
                offloaded
                        .text()
                        .contains("as asked: 0 blocks keep theirs, 2 are computed again from their inputs in host"
                                + " memory"),
                offloaded.text());
        assertTrue(offloaded.text().contains("use_unsloth_gc: true (builder): the same as activations: offload"));
        assertEquals("0", offloaded.decisions().get("kept_blocks"));
    }

    @Test
    void planSaysWhatRopeScalingDoes() {
        TinyWorld world = TinyWorld.in(folder);
        String stretched = world.draft("out")
                .cutoffLen(700)
                .set("rope_scaling", "yarn")
                .build()
                .plan()
                .text();
        String idle =
                world.draft("out").set("rope_scaling", "yarn").build().plan().text();
        assertTrue(stretched.contains("rope_scaling yarn stretches 256 tokens to 768"), stretched);
        assertTrue(stretched.contains("rope scaling yarn, factor 3"), stretched);
        assertTrue(idle.contains("rope_scaling has no effect: cutoff_len 64 does not exceed the 256 tokens"), idle);
    }

    @Test
    void planSaysInWhichDtypesWeightsAreHeld() {
        TinyWorld world = TinyWorld.in(folder);
        String evaluated = world.draft("out")
                .set("do_train", false)
                .set("do_eval", true)
                .set("dataset", null)
                .evalDataset("held")
                .set("infer_dtype", "float16")
                .set("upcast_layernorm", true)
                .build()
                .plan()
                .text();
        String trained =
                world.draft("out").set("infer_dtype", "float16").build().plan().text();
        assertTrue(evaluated.contains("weights are held in float16"), evaluated);
        assertTrue(evaluated.contains("norm weights are held in float32"), evaluated);
        assertFalse(trained.contains("weights are held"), trained);
        assertTrue(trained.contains("only a run that trains nothing reads it"), trained);
    }

    @Test
    void planOfArgumentsEqualsPlanOfTheRequest() {
        TinyWorld world = TinyWorld.in(folder);
        FineTune request = world.draft("out").build();
        RunPlan plan = RunPlan.of(request.arguments());
        assertEquals(request.plan().trainableParameters(), plan.trainableParameters());
        assertEquals(request.plan().steps(), plan.steps());
    }

    @Test
    void evaluationAloneIsPlannedWithoutSteps() {
        TinyWorld world = TinyWorld.in(folder);
        RunPlan plan = world.draft("out")
                .set("do_train", false)
                .set("do_eval", true)
                .set("dataset", null)
                .evalDataset("held")
                .build()
                .plan();
        assertEquals(0, plan.steps());
        assertTrue(plan.text().contains("nothing, the run only evaluates"), plan.text());
    }
}
