package dev.finetune4j.core.config.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void distanceCountsEdits() {
        assertEquals(0, Nearest.distance("rank", "rank"));
        assertEquals(1, Nearest.distance("rnk", "rank"));
        assertEquals(1, Nearest.distance("rnak", "rank"));
        assertEquals(3, Nearest.distance("kitten", "sitting"));
        assertEquals(4, Nearest.distance("", "rank"));
    }

    @Test
    void distanceIsSymmetricAndBoundedByTheLongerWord() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            String a = word(random);
            String b = word(random);
            int distance = Nearest.distance(a, b);
            assertEquals(distance, Nearest.distance(b, a), "seed " + seed);
            assertTrue(distance <= Math.max(a.length(), b.length()), "seed " + seed);
            assertTrue(distance >= Math.abs(a.length() - b.length()), "seed " + seed);
        }
    }

    @Test
    void nearWordsComeFirstAndFarOnesNotAtAll() {
        List<String> keys = List.of("lora_rank", "galore_rank", "learning_rate", "seed");
        assertEquals(List.of("lora_rank"), Nearest.to("lora_rnak", keys));
        assertEquals("lora_rank", Nearest.to("LoraRank", keys).get(0));
        assertEquals(List.of(), Nearest.to("temperature", keys));
        assertEquals(List.of("seed"), Nearest.to("sed", keys));
    }

    private static String word(Random random) {
        return random.ints(random.nextInt(8), 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
