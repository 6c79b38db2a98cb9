package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.SoakLine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long runs through the facade keep no native object and grow no memory: of {@code -Dfinetune4j.soak} steps, 300 unless told.
 */
@Tag("e2e")
class SoakTest {
    private static final int STEPS = Integer.getInteger("finetune4j.soak", 300);
    /** What fragmentation may add after the first third of a run. */
    private static final long ALLOWED_KILOBYTES = 8 * 1024;

    @TempDir
    private Path folder;

    @Test
    void longRunsLeaveNothingBehind() throws Exception {
        TinyWorld.in(folder);
        List<SoakLine> lines = SoakLine.of(SoakRun.class, folder.toString(), Integer.toString(STEPS));
        assertEquals(STEPS / SoakRun.EVERY, lines.size());
        // Before it, the first evaluation and the first checkpoint have made what they keep.
        SoakLine settled = lines.get(lines.size() / 3);
        for (SoakLine line : lines.subList(lines.size() / 3, lines.size())) {
            assertEquals(
                    settled.objects(), line.objects(), "native objects after step " + line.step() + " of " + lines);
        }
        SoakLine end = lines.get(lines.size() - 1);
        System.out.println("first " + lines.get(0) + ", settled " + settled + ", end " + end);
        assertTrue(end.kilobytes() - settled.kilobytes() <= ALLOWED_KILOBYTES, "resident memory grew: " + lines);
        assertTrue(end.loss() < lines.get(0).loss(), "nothing was learned: " + lines);
    }
}
