package dev.finetune4j.data.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnapsackTest {
    private static List<List<Integer>> lengths(int[] lengths, int capacity) {
        return Knapsack.pack(lengths, capacity).stream()
                .map(pack -> pack.stream().map(row -> lengths[row]).toList())
                .toList();
    }

    @Test
    void packsEqualTheRecordedOnes() {
        assertEquals(
                List.of(List.of(7, 3), List.of(6, 4), List.of(5, 4), List.of(2)),
                lengths(new int[] {5, 3, 7, 2, 4, 4, 6}, 10));
        assertEquals(
                List.of(List.of(9, 1), List.of(8, 2), List.of(5, 5), List.of(1, 1)),
                lengths(new int[] {9, 1, 1, 1, 8, 2, 5, 5}, 10));
    }

    @Test
    void amongEqualLengthsTheLastRowGoesFirst() {
        assertEquals(List.of(List.of(2, 1), List.of(0)), Knapsack.pack(new int[] {4, 4, 4}, 9));
    }

    @Test
    void nothingMakesNoPack() {
        assertEquals(List.of(), Knapsack.pack(new int[0], 9));
    }

    /** Packing loses no row, uses none twice and never goes above the capacity. */
    @Test
    void everyRowIsPackedOnceUnderTheCapacity() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            int capacity = 1 + random.nextInt(60);
            int[] lengths = random.ints(random.nextInt(80), 0, capacity + 1).toArray();
            List<Integer> rows = new ArrayList<>();
            for (List<Integer> pack : Knapsack.pack(lengths, capacity)) {
                assertTrue(pack.stream().mapToInt(row -> lengths[row]).sum() <= capacity);
                rows.addAll(pack);
            }
            Collections.sort(rows);
            assertEquals(IntStream.range(0, lengths.length).boxed().toList(), rows);
        }
    }

    /** The same packs as the plain method: a sorted list from which the rightmost fitting entry is taken. */
    @Test
    void packsEqualThoseOfThePlainMethod() {
        Random random = new Random(12);
        for (int round = 0; round < 100; round++) {
            int capacity = 5 + random.nextInt(40);
            int[] lengths = random.ints(60, 1, capacity + 1).toArray();
            assertEquals(plain(lengths, capacity), lengths(lengths, capacity));
        }
    }

    private static List<List<Integer>> plain(int[] lengths, int capacity) {
        List<Integer> left =
                new ArrayList<>(IntStream.of(lengths).sorted().boxed().toList());
        List<List<Integer>> packs = new ArrayList<>();
        while (!left.isEmpty()) {
            List<Integer> pack = new ArrayList<>();
            int room = capacity;
            for (int i = left.size() - 1; i >= 0; i--) {
                if (left.get(i) <= room) {
                    room -= left.get(i);
                    pack.add(left.remove(i));
                }
            }
            packs.add(pack);
        }
        return packs;
    }
}
