package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.model.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that change how a model is held, stretched or walked through. */
@Tag("e2e")
class ModelOptionsTest {
    @TempDir
    private Path folder;

    private static FineTuneBuilder dropped(TinyWorld world, String out) {
        return world.draft(out).lora(lora -> lora.rank(4).dropout(0.2));
    }

    @Test
    void offloadedBlocksLearnTheSameBits() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult kept =
                dropped(world, "kept").set("activations", "keep").build().run();
        RunResult offloaded =
                dropped(world, "offloaded").set("use_unsloth_gc", true).build().run();
        assertEquals(TinyWorld.figures(kept), TinyWorld.figures(offloaded));
        assertArrayEquals(
                world.result("kept", "adapter_model.safetensors"),
                world.result("offloaded", "adapter_model.safetensors"));
    }

    private static FineTuneBuilder evaluated(TinyWorld world, String out) {
        return world.draft(out)
                .evalDataset("held")
                .set("eval_strategy", "steps")
                .set("eval_steps", 4)
                .set("eval_on_start", true);
    }

    @Test
    void shiftedGroupsAreForTrainingAlone() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = evaluated(world, "whole").build().run();
        FineTune request = evaluated(world, "shifted").set("shift_attn", true).build();
        String plan = request.plan().text();
        assertTrue(plan.contains("training attends within quarters of each text"), plan);
        RunResult shifted = request.run();
        assertEquals(
                whole.series("eval_loss").get(0).loss(),
                shifted.series("eval_loss").get(0).loss());
        assertNotEquals(whole.losses().get(0).loss(), shifted.losses().get(0).loss());
        assertNotEquals(
                whole.series("eval_loss").get(1).loss(),
                shifted.series("eval_loss").get(1).loss());
    }

    private static double loss(TinyWorld world, String dtype) {
        RunResult result = world.draft("eval-" + dtype)
                .full()
                .set("do_train", false)
                .set("do_eval", true)
                .set("dataset", null)
                .evalDataset("held")
                .set("infer_dtype", dtype)
                .set("print_param_status", true)
                .build()
                .run();
        return result.metrics().get("eval_loss").doubleValue();
    }

    @Test
    void anEvaluationHoldsItsWeightsAsItIsTold() {
        TinyWorld world = TinyWorld.in(folder);
        double stored = loss(world, "auto");
        double half = loss(world, "float16");
        double brain = loss(world, "bfloat16");
        assertEquals(stored, loss(world, "float32"));
        assertNotEquals(stored, half);
        assertEquals(stored, half, 1e-3 * stored);
        assertNotEquals(half, brain);
        assertEquals(stored, brain, 1e-2 * stored);
    }

    @Test
    void aStretchedModelIsWrittenStretched() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        world.draft("out")
                .full()
                .cutoffLen(700)
                .set("rope_scaling", "llama3")
                .set("max_steps", 1)
                .build()
                .run();
        JsonNode config = new ObjectMapper().readTree(world.result("out", "config.json"));
        assertEquals(768, config.get("max_position_embeddings").intValue());
        assertEquals(3, config.get("rope_scaling").get("factor").doubleValue());
        assertEquals(
                256,
                config.get("rope_scaling")
                        .get("original_max_position_embeddings")
                        .intValue());
        assertEquals("llama3", ConfigFile.open(world.out("out")).read().rope().scaling());
        assertTrue(config.get("rope_theta").isNumber());
    }
}
