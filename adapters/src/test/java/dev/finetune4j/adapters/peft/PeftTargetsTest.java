package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.peft.PeftTargets.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PEFT's rules for which module an entry of its config means. */
class PeftTargetsTest {
    private static final String Q0 = "model.layers.0.self_attn.q_proj";
    private static final String Q3 = "model.layers.3.self_attn.q_proj";
    private static final String UP3 = "model.layers.3.mlp.up_proj";

    private static Names list(String... names) {
        return new Names(List.of(names), "");
    }

    private static Names pattern(String pattern) {
        return new Names(List.of(), pattern);
    }

    private static PeftTargets targets(Names modules, Names exclude, List<Integer> layers, String... patterns) {
        return new PeftTargets(modules, exclude, layers, List.of(patterns), List.of());
    }

    @Test
    void aListMatchesWholeNamesAndEndsAfterADot() {
        PeftTargets targets = PeftTargets.of(List.of("q_proj", UP3));
        assertTrue(targets.match(Q0) && targets.match(UP3));
        assertFalse(targets.match("model.layers.2.mlp.up_proj"));
        assertFalse(PeftTargets.of(List.of("proj")).match(Q0));
    }

    @Test
    void aPatternMustMatchTheWholeName() {
        assertTrue(targets(pattern(".*\\.(q|v)_proj"), Names.NONE, List.of()).match(Q0));
        assertFalse(targets(pattern("q_proj"), Names.NONE, List.of()).match(Q0));
        assertFalse(targets(pattern(".*q_proj"), Names.NONE, List.of()).match(UP3));
    }

    @Test
    void allLinearMatchesEverything() {
        assertTrue(targets(pattern("all-linear"), Names.NONE, List.of()).match(UP3));
    }

    @Test
    void exclusionWins() {
        PeftTargets targets = targets(list("q_proj", "up_proj"), list("3.self_attn.q_proj"), List.of());
        assertTrue(targets.match(Q0) && targets.match(UP3));
        assertFalse(targets.match(Q3));
        assertFalse(targets(list("q_proj"), pattern(".*\\.0\\..*"), List.of()).match(Q0));
    }

    @Test
    void layersNarrowTheChoice() {
        PeftTargets targets = targets(list("q_proj", "up_proj"), Names.NONE, List.of(3));
        assertTrue(targets.match(Q3) && targets.match(UP3));
        assertFalse(targets.match(Q0));
        assertTrue(
                targets(list("q_proj"), Names.NONE, List.of(3), "h", "layers").match(Q3));
        assertFalse(targets(list("q_proj"), Names.NONE, List.of(3), "h").match(Q3));
    }

    @Test
    void theFirstPatternThatMatchesSetsRankAndAlpha() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("layers.3.self_attn.q_proj", 6);
        ranks.put("q_proj", 2);
        PeftConfig config = new PeftConfig(
                "",
                4,
                8,
                0,
                false,
                PeftTargets.of(List.of("q_proj")),
                ranks,
                Map.of("q_proj", 16.0),
                List.of(),
                false,
                false,
                "");
        assertEquals(6, config.rankOf(Q3));
        assertEquals(2, config.rankOf(Q0));
        assertEquals(4, config.rankOf(UP3));
        assertEquals(16.0 / 6, config.scaleOf(Q3));
        assertEquals(2, config.scaleOf(UP3));
    }

    @Test
    void rankStabilisationUsesEachModulesOwnRank() {
        PeftConfig config = new PeftConfig(
                "",
                4,
                8,
                0,
                true,
                PeftTargets.of(List.of("q_proj")),
                Map.of("q_proj", 16),
                Map.of(),
                List.of(),
                false,
                false,
                "");
        assertEquals(2, config.scaleOf(Q0));
        assertEquals(4, config.scaleOf(UP3));
    }
}
