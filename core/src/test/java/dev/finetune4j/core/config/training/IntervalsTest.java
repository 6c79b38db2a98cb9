package dev.finetune4j.core.config.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntervalsTest {
    private static final LoggingArguments LOGGING =
            new LoggingArguments(IntervalStrategy.STEPS, 10, false, true, null, List.of("none"));

    @Test
    void sharesBecomeSteps() {
        assertEquals(5, Interval.of(5, 100));
        assertEquals(13, Interval.of(0.125, 100));
        assertEquals(1, Interval.of(0.001, 10));
    }

    @Test
    void evaluationsFollowTheLogUnlessGiven() {
        assertEquals(10, evaluation(null, null, null).every(100, LOGGING));
        assertEquals(7, evaluation(7.0, null, null).every(100, LOGGING));
        assertEquals(50, evaluation(0.5, null, null).every(100, LOGGING));
    }

    @Test
    void theBestMetricKnowsItsDirection() {
        assertEquals("eval_loss", evaluation(null, null, null).bestMetric());
        assertFalse(evaluation(null, "eval_set_loss", null).higherIsBetter());
        assertTrue(evaluation(null, "accuracy", null).higherIsBetter());
        assertFalse(evaluation(null, "accuracy", false).higherIsBetter());
    }

    @Test
    void warmUpIsStepsOrAShare() {
        assertEquals(0, schedule(0, 0).warmup(101));
        assertEquals(11, schedule(0.1, 0).warmup(101));
        assertEquals(7, schedule(0.1, 7).warmup(101));
        assertEquals(21, schedule(0.1, 0.2).warmup(101));
        assertThrows(ConfigException.class, () -> schedule(0, 1.5));
        assertThrows(ConfigException.class, () -> schedule(1.1, 0));
    }

    @Test
    void noneIsNoTracker() {
        assertEquals(List.of(), LOGGING.reportTo());
    }

    @Test
    void resumingFromFalseIsNotResuming() {
        assertTrue(checkpoint("True").resumesNewest());
        assertFalse(checkpoint("out/checkpoint-3").resumesNewest());
        assertFalse(checkpoint(null).resumesNewest());
    }

    @Test
    void everyViolationOfARecordIsListed() {
        ConfigException e =
                assertThrows(ConfigException.class, () -> new OptimizationArguments("sgd", -1, -1, 1, -0.1, -1, -1, 1));
        assertEquals(7, e.problems().size());
        assertEquals(
                "learning_rate must be at least 0, found -1.",
                e.problems().get(0).text());
    }

    private static EvaluationArguments evaluation(Double steps, String metric, Boolean greater) {
        return new EvaluationArguments(IntervalStrategy.STEPS, steps, 0, false, null, false, metric, greater);
    }

    private static ScheduleArguments schedule(double ratio, double steps) {
        return new ScheduleArguments(SchedulerType.COSINE, Map.of(), ratio, steps);
    }

    private static CheckpointArguments checkpoint(String resume) {
        return new CheckpointArguments(IntervalStrategy.STEPS, 500, null, false, resume);
    }
}
