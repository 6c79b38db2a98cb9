package dev.finetune4j.core.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> NAMES =
            List.of("qwen3", "qwen3_nothink", "llama3", "llama2", "lora_rank", "rows");

    @Test
    void namesWithinAThirdOfTheirLengthAreNear() {
        assertEquals(List.of("lora_rank"), Nearest.to("lora_rnk", NAMES));
        assertEquals(List.of("llama2", "llama3"), Nearest.to("llama4", NAMES));
        assertEquals(List.of(), Nearest.to("mistral", NAMES));
    }

    @Test
    void swappedNeighboursAndLetterCaseAreNear() {
        assertEquals(List.of("rows"), Nearest.to("rosw", NAMES));
        assertEquals(List.of("lora_rank"), Nearest.to("LORA_RANK", NAMES));
    }

    @Test
    void namesThatHoldTheWrongOneAreNear() {
        assertEquals(List.of("qwen3_nothink"), Nearest.to("nothink", NAMES));
    }

    @Test
    void aSentenceIsMadeOnlyWhereThereIsAName() {
        assertEquals(" Did you mean \"rows\"?", Nearest.sentence("row", NAMES));
        assertEquals("", Nearest.sentence("zebra", NAMES));
    }
}
