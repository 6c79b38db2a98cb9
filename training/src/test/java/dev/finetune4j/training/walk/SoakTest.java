package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.SoakLine;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steps of random lengths leave nothing behind: the number of native objects is the same after every step, and resident
 * memory is flat once the allocator has seen the longest batches.
 *
 * <p>The long run: {@code mvn -pl training -am test -Dtest=SoakTest -Dtest.groups.excluded=device
 * -Dsurefire.failIfNoSpecifiedTests=false}
 */
class SoakTest {
    /** What fragmentation may add after the first third of a run. */
    private static final long ALLOWED_KILOBYTES = 24 * 1024;

    @Test
    void threeHundredStepsLeaveNothingBehind() throws Exception {
        check(300);
    }

    @Test
    @Tag("bench")
    void threeThousandStepsLeaveNothingBehind() throws Exception {
        check(3000);
    }

    private static void check(int steps) throws Exception {
        List<SoakLine> lines = SoakLine.of(SoakRun.class, Integer.toString(steps));
        assertEquals(steps / 25, lines.size());
        SoakLine start = lines.get(lines.size() / 3);
        for (SoakLine line : lines) {
            assertEquals(start.objects(), line.objects(), "native objects after step " + line.step() + " of " + lines);
        }
        SoakLine end = lines.get(lines.size() - 1);
        assertTrue(end.kilobytes() - start.kilobytes() <= ALLOWED_KILOBYTES, "resident memory grew: " + lines);
        assertTrue(end.loss() < lines.get(0).loss(), "nothing was learned: " + lines);
    }
}
