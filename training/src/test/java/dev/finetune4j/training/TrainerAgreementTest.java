package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.training.rows.Splitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways to walk the same rows that must be the same step. */
@NoTensorLeak
class TrainerAgreementTest {
    @TempDir
    Path folder;

    private RunFixture.Outcome run(int batchSize, int accumulation, long tokensPerWalk) {
        RunFixture fixture = new RunFixture(folder);
        fixture.rows = 27;
        fixture.batchSize = batchSize;
        fixture.accumulation = accumulation;
        fixture.splitter = new Splitter(tokensPerWalk);
        return fixture.run();
    }

    @Test
    void oneTimesEightEqualsEightTimesOneEqualsAnySplit() {
        RunFixture.Outcome expected = run(8, 1, Long.MAX_VALUE);
        assertSame(expected, run(1, 8, Long.MAX_VALUE));
        assertSame(expected, run(4, 2, Long.MAX_VALUE));
        assertSame(expected, run(8, 1, 20));
        assertSame(expected, run(8, 1, 1));
    }

    private static void assertSame(RunFixture.Outcome expected, RunFixture.Outcome actual) {
        expected.values().forEach((name, values) -> {
            float largest = 0;
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertArrayEquals(values, actual.values().get(name), (float) (Tolerance.SUMMATION * largest), name);
        });
        List<Map<String, Number>> history = expected.result().state().history();
        for (int i = 0; i < history.size(); i++) {
            Map<String, Number> entry = actual.result().state().history().get(i);
            for (String key : List.of("loss", "grad_norm", "learning_rate", "train_loss")) {
                if (history.get(i).containsKey(key)) {
                    double value = history.get(i).get(key).doubleValue();
                    assertEquals(value, entry.get(key).doubleValue(), Tolerance.SUMMATION * Math.abs(value), key);
                }
            }
        }
        assertEquals(history.size(), actual.result().state().history().size());
    }
}
