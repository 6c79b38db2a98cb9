package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.training.listener.RunView;
import dev.finetune4j.training.listener.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that somebody stops. */
@Tag("e2e")
class StopTest {
    @TempDir
    private Path folder;

    /** Holds the run after a step until it was told to stop. */
    private static final class Pause implements TrainingListener {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final int step;

        Pause(int step) {
            this.step = step;
        }

        @Override
        public void stepEnded(RunView run) {
            if (run.step() == step) {
                reached.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    static RunResult stoppedDuring(int step, FineTuneBuilder draft) throws InterruptedException {
        Pause pause = new Pause(step);
        Run run = draft.listener(pause).build().start();
        pause.reached.await();
        run.stop();
        pause.goOn.countDown();
        return run.await();
    }

    @Test
    void stoppedRunsGoOnFromWhereTheyStopped() throws InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = world.draft("whole").set("max_steps", 8).build().run();
        RunResult stopped = stoppedDuring(3, world.draft("stopped").set("max_steps", 8));
        assertTrue(stopped.isStopped());
        assertEquals(3, stopped.steps());
        assertEquals(world.out("stopped").resolve("checkpoint-3"), stopped.checkpoint());
        assertTrue(Files.isDirectory(world.out("stopped").resolve("checkpoint-3")));
        assertFalse(Files.exists(world.out("stopped").resolve("train_results.json")), "the run is not finished");
        RunResult resumed = world.draft("stopped").set("max_steps", 8).build().run();
        assertFalse(resumed.isStopped());
        assertEquals(TinyWorld.figures(whole), TinyWorld.figures(resumed));
        assertArrayEquals(
                world.result("whole", "adapter_model.safetensors"),
                world.result("stopped", "adapter_model.safetensors"));
    }

    @Test
    void stopsDuringTheLastStepChangeNothing() throws InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = world.draft("whole")
                .evalDataset("held")
                .set("eval_strategy", "epoch")
                .build()
                .run();
        RunResult late =
                stoppedDuring(4, world.draft("stopped").evalDataset("held").set("eval_strategy", "epoch"));
        assertFalse(late.isStopped());
        assertNull(late.checkpoint());
        assertEquals(TinyWorld.figures(whole), TinyWorld.figures(late));
        assertTrue(Files.exists(world.out("stopped").resolve("train_results.json")));
        assertTrue(Files.exists(world.out("stopped").resolve("eval_results.json")));
    }

    @Test
    void runsKilledAfterTheirLastCheckpointStillGiveAwayTheirModel() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult whole = evaluated(world).build().run();
        byte[] model = world.result("out", "adapter_model.safetensors");
        // What a process leaves that dies before it writes the model, and then one that dies before its last
        // evaluation.
        for (String lost : List.of("adapter_model.safetensors", "train_results.json", "eval_results.json")) {
            Files.delete(world.out("out").resolve(lost));
        }
        assertEquals(
                TinyWorld.figures(whole),
                TinyWorld.figures(evaluated(world).build().run()));
        assertArrayEquals(model, world.result("out", "adapter_model.safetensors"));
        Files.delete(world.out("out").resolve("eval_results.json"));
        RunResult again = evaluated(world).build().run();
        assertEquals(whole.metrics().get("eval_loss"), again.metrics().get("eval_loss"));
        assertTrue(Files.exists(world.out("out").resolve("eval_results.json")));
        assertThrows(CheckpointException.class, () -> evaluated(world).build().run(), "nothing is left to do");
    }

    private static FineTuneBuilder evaluated(TinyWorld world) {
        return world.draft("out").evalDataset("held").set("eval_strategy", "epoch");
    }

    @Test
    void runsThatGoOnAreUnfinishedUntilTheirOwnEnd() throws InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        world.draft("out").build().run();
        Pause pause = new Pause(5);
        Run longer =
                world.draft("out").set("max_steps", 8).listener(pause).build().start();
        pause.reached.await();
        assertFalse(Files.exists(world.out("out").resolve("train_results.json")), "the results of four steps");
        longer.stop();
        pause.goOn.countDown();
        assertTrue(longer.await().isStopped());
    }

    @Test
    void failuresOfARunReachWhoeverAwaitsIt() {
        TinyWorld world = TinyWorld.in(folder);
        Run run = world.draft("out").dataset("nowhere").build().start();
        FineTuneException failure = assertThrows(FineTuneException.class, run::await);
        assertTrue(failure.getMessage().contains("nowhere"), failure.getMessage());
        assertTrue(run.isDone());
    }

    @Test
    void errorsOfListenersEndTheRun() {
        TinyWorld world = TinyWorld.in(folder);
        TrainingListener broken = new TrainingListener() {
            @Override
            public void stepEnded(RunView run) {
                throw new IllegalStateException("listener");
            }
        };
        FineTune request = world.draft("out").listener(broken).build();
        RuntimeException failure = assertThrows(RuntimeException.class, request::run);
        assertTrue(String.valueOf(failure.getMessage()).contains("listener"), failure.toString());
    }
}
