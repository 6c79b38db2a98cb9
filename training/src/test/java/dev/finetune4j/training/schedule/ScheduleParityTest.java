package dev.finetune4j.training.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Factors equal those that the Hugging Face trainer's schedulers gave; made by {@code parity/schedules.py}. */
class ScheduleParityTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final JsonNode golden = golden();

    private static JsonNode golden() {
        try (InputStream in = ScheduleParityTest.class.getResourceAsStream("/golden/schedules.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> kwargs(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    private ScheduleSettings settings(int warmup, int total, Map<String, ?> kwargs) {
        return new ScheduleSettings(golden.path("learning_rate").asDouble(), warmup, total, kwargs);
    }

    private void assertFactors(JsonNode node, Map<String, Object> kwargs) {
        String name = node.path("schedule").asText();
        Schedule schedule = ScheduleFactory.named(
                name, settings(node.path("warmup").asInt(), node.path("total").asInt(), kwargs));
        for (int i = 0; i < node.path("steps").size(); i++) {
            int step = node.path("steps").get(i).asInt();
            assertEquals(
                    node.path("factors").get(i).asDouble(),
                    schedule.factor(step),
                    golden.path("tolerance").asDouble(),
                    name + " " + kwargs + " at " + step);
        }
    }

    @Test
    void everyFactorEqualsTheReference() {
        int checked = 0;
        for (JsonNode node : golden.path("cases")) {
            Map<String, Object> kwargs = kwargs(node.path("kwargs"));
            if (node.path("schedule").asText().equals("warmup_stable_decay")) {
                // transformers alone gives the level part what the others leave; LLaMA-Factory, and so we, a third.
                int left = node.path("total").asInt()
                        - node.path("warmup").asInt()
                        - ((Number) kwargs.get("num_decay_steps")).intValue();
                kwargs.putIfAbsent("num_stable_steps", Math.max(0, left));
            }
            assertFactors(node, kwargs);
            checked++;
        }
        assertTrue(checked >= 80, checked + " cases");
    }

    @Test
    void withoutStepsTheStableDecayIsDividedAsLlamaFactoryDivides() {
        for (JsonNode node : golden.path("llamafactory_warmup_stable_decay")) {
            assertFactors(node, Map.of());
        }
    }

    @Test
    void plateauFollowsTheMetricAndGoesOnFromItsState() {
        for (JsonNode node : golden.path("reduce_lr_on_plateau")) {
            Map<String, Object> kwargs = kwargs(node.path("kwargs"));
            MetricSchedule schedule = plateau(kwargs);
            for (int i = 0; i < node.path("metrics").size(); i++) {
                MetricSchedule resumed = plateau(kwargs);
                resumed.restore(schedule.state());
                schedule = resumed;
                schedule.observe(node.path("metrics").get(i).asDouble());
                assertEquals(node.path("factors_after").get(i).asDouble(), schedule.factor(i), 1e-12);
            }
        }
    }

    private MetricSchedule plateau(Map<String, Object> kwargs) {
        return assertInstanceOf(
                MetricSchedule.class, ScheduleFactory.named("reduce_lr_on_plateau", settings(0, 10, kwargs)));
    }

    @Test
    void warmupStepsAreResolvedAsTheTrainerDoes() {
        for (JsonNode node : golden.path("warmup_steps")) {
            Double ratio = node.has("warmup_ratio") ? node.path("warmup_ratio").asDouble() : null;
            assertEquals(
                    node.path("resolved").asInt(),
                    ScheduleSettings.warmupSteps(
                            node.path("warmup_steps").asDouble(0),
                            ratio,
                            node.path("total").asInt()),
                    node.toString());
        }
    }

    @Test
    void numbersWrittenAsTextAreNumbers() {
        Schedule schedule = ScheduleFactory.named("cosine_with_min_lr", settings(0, 10, Map.of("min_lr", "2.0e-5")));
        assertEquals(0.1, schedule.factor(10), 1e-12);
    }

    @Test
    void anEntryThatTheScheduleDoesNotKnowIsRefusedByName() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> ScheduleFactory.named("linear", settings(0, 10, Map.of("num_cycles", 2))));
        assertTrue(e.getMessage().contains("lr_scheduler_kwargs.num_cycles"), e.getMessage());
    }

    @Test
    void minimumRateIsAskedForOnce() {
        assertThrows(
                ConfigException.class, () -> ScheduleFactory.named("cosine_with_min_lr", settings(0, 10, Map.of())));
        assertThrows(
                ConfigException.class,
                () -> ScheduleFactory.named(
                        "cosine_with_min_lr", settings(0, 10, Map.of("min_lr", 1e-5, "min_lr_rate", 0.1))));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        UnsupportedException e = assertThrows(
                UnsupportedException.class, () -> ScheduleFactory.named("cosin", settings(0, 10, Map.of())));
        assertTrue(e.getMessage().contains("warmup_stable_decay"), e.getMessage());
    }
}
