package dev.finetune4j.examples.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.examples.world.BytePairTrainer.Merge;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytePairTrainerTest {
    @Test
    void mostFrequentPairIsMergedFirst() {
        List<Merge> merges = new BytePairTrainer(List.of("low low lower newest newest")).learn(3);
        // l+o and o+w occur three times, then many pairs occur twice; of equals the alphabetically first comes first.
        assertEquals(List.of(new Merge("l", "o"), new Merge("lo", "w"), new Merge("e", "s")), merges);
    }

    @Test
    void mergesDependOnTheTextsAloneAndNotOnTheirOrder() {
        List<String> texts =
                Quiz.training().rows(60).stream().map(Quiz.Row::instruction).toList();
        List<String> reversed = new java.util.ArrayList<>(texts);
        java.util.Collections.reverse(reversed);
        assertEquals(new BytePairTrainer(texts).learn(120), new BytePairTrainer(reversed).learn(120));
    }

    @Test
    void learningEndsWhenEveryWordIsOneSymbol() {
        assertEquals(List.of(new Merge("a", "b")), new BytePairTrainer(List.of("ab")).learn(10));
    }

    @Test
    void bytesOutsideAsciiAreSpelledInTheAlphabet() {
        assertEquals(List.of(new Merge("Ã", "¤")), new BytePairTrainer(List.of("ä")).learn(1));
    }
}
