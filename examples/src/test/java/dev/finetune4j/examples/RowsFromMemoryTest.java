package dev.finetune4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.examples.world.Quiz;
import dev.finetune4j.finetune.RunResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("e2e")
class RowsFromMemoryTest {
    @TempDir
    private Path folder;

    @Test
    void rowsFromMemoryTeachTheModel() {
        RunResult result = RowsFromMemory.job(Quiz.trainingRows(64), Quiz.heldBackRows(40), Started.shortly(folder, 12))
                .run();
        assertEquals(12, result.losses().size());
        double first = result.losses().get(0).loss();
        double last = result.losses().get(11).loss();
        assertTrue(last < 0.7 * first, "loss " + first + " to " + last);
        // Once after the eight steps of the first epoch, once at the end.
        assertEquals(2, result.series("eval_exact_match").size());
        assertTrue(result.isAdapter());
    }

    @Test
    void programEndsWithItsFigures() {
        String printed = Started.output(RowsFromMemory::main, Started.shortly(folder, 3));
        assertTrue(printed.startsWith("After 3 steps on rows from memory:"), printed);
        assertTrue(printed.contains("eval_exact_match "), printed);
    }
}
