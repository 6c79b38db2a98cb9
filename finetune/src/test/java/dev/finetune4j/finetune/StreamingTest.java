package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose rows are read while training. */
class StreamingTest {
    @TempDir
    private Path folder;

    private static FineTuneBuilder streaming(TinyWorld world, String out, int buffer) {
        return world.draft(out).set("max_steps", 8).set("streaming", true).set("buffer_size", buffer);
    }

    @Test
    void aStreamInOrderTrainsLikeRowsThatAreReadBefore() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult before = world.draft("before")
                .set("max_steps", 3)
                .set("disable_shuffling", true)
                .build()
                .run();
        RunResult streamed =
                streaming(world, "streamed", 1).set("max_steps", 3).build().run();
        for (int step = 0; step < 3; step++) {
            assertEquals(
                    before.history().get(step).get("loss"),
                    streamed.history().get(step).get("loss"));
        }
        assertArrayEquals(
                world.result("before", "adapter_model.safetensors"),
                world.result("streamed", "adapter_model.safetensors"));
        RunResult drawn =
                streaming(world, "drawn", 9).set("max_steps", 3).build().run();
        assertNotEquals(
                before.history().get(0).get("loss"), drawn.history().get(0).get("loss"));
    }

    /** P9. */
    @Test
    void stoppedStreamsGoOnFromWhereTheyStopped() throws InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = streaming(world, "whole", 5).build().run();
        RunResult stopped = StopTest.stoppedDuring(3, streaming(world, "stopped", 5));
        assertTrue(stopped.isStopped());
        RunResult resumed = streaming(world, "stopped", 5).build().run();
        assertEquals(TinyWorld.figures(whole), TinyWorld.figures(resumed));
        assertArrayEquals(
                world.result("whole", "adapter_model.safetensors"),
                world.result("stopped", "adapter_model.safetensors"));
    }

    @Test
    void thePlanSaysThatRowsAreReadWhileTraining() {
        String plan = streaming(TinyWorld.in(folder), "out", 5).build().plan().toString();
        assertTrue(plan.contains("read while training"), plan);
        assertTrue(plan.contains("drawn from 5 at a time"), plan);
    }
}
