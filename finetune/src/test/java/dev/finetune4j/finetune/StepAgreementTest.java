package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways through a step that must not change its numbers. */
@Tag("e2e")
class StepAgreementTest {
    @TempDir
    private Path folder;

    private static FineTuneBuilder full(TinyWorld world, String out, String stage) {
        FineTuneBuilder draft =
                world.draft(out).full().set("optim", "sgd").learningRate(0.5).set("max_steps", 3);
        return stage.equals("pt") ? draft.set("stage", "pt").dataset("texts") : draft;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sft", "pt"})
    void oneBatchOfEightEqualsEightOfOneAndASplitOne(String stage) {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = full(world, "whole", stage)
                .set("per_device_train_batch_size", 8)
                .set("gradient_accumulation_steps", 1)
                .build()
                .run();
        RunResult accumulated = full(world, "accumulated", stage)
                .set("per_device_train_batch_size", 1)
                .set("gradient_accumulation_steps", 8)
                .build()
                .run();
        FineTune tight = full(world, "split", stage)
                .set("per_device_train_batch_size", 8)
                .set("gradient_accumulation_steps", 1)
                .set("memory_budget", 1000)
                .build();
        assertTrue(
                tight.plan().text().contains("tokens walk at a time"),
                tight.plan().text());
        RunResult split = tight.run();
        for (String other : List.of("accumulated", "split")) {
            assertClose(world, "whole", other);
        }
        assertLosses(whole, accumulated);
        assertLosses(whole, split);
    }

    private static void assertLosses(RunResult expected, RunResult actual) {
        assertEquals(expected.losses().size(), actual.losses().size());
        for (int i = 0; i < expected.losses().size(); i++) {
            double loss = expected.losses().get(i).loss();
            assertEquals(loss, actual.losses().get(i).loss(), Tolerance.SUMMATION * loss);
        }
    }

    private static void assertClose(TinyWorld world, String expected, String actual) {
        try (SafetensorsFile a = SafetensorsFile.open(world.out(expected).resolve("model.safetensors"));
                SafetensorsFile b = SafetensorsFile.open(world.out(actual).resolve("model.safetensors"));
                Scope scope = Scope.open("compare")) {
            for (String name : a.entries().keySet()) {
                double difference = Tolerance.relativeL2(b.read(name), a.read(name));
                assertTrue(difference <= Tolerance.SUMMATION, actual + " " + name + " differs by " + difference);
            }
        }
    }

    @Test
    void everyActivationPolicyGivesTheSameBits() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult kept =
                dropped(world, "keep").set("activations", "keep").build().run();
        RunResult again =
                dropped(world, "again").set("activations", "recompute").build().run();
        RunResult auto = dropped(world, "auto").build().run();
        assertEquals(TinyWorld.figures(kept), TinyWorld.figures(again));
        assertEquals(TinyWorld.figures(kept), TinyWorld.figures(auto));
        byte[] expected = world.result("keep", "adapter_model.safetensors");
        assertArrayEquals(expected, world.result("again", "adapter_model.safetensors"));
        assertArrayEquals(expected, world.result("auto", "adapter_model.safetensors"));
    }

    private static FineTuneBuilder dropped(TinyWorld world, String out) {
        return world.draft(out).lora(lora -> lora.rank(4).dropout(0.2));
    }

    @Test
    void seedsChangeARun() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult one = dropped(world, "one").set("seed", 1).build().run();
        RunResult two = dropped(world, "two").set("seed", 2).build().run();
        assertNotEquals(TinyWorld.figures(one), TinyWorld.figures(two));
    }
}
