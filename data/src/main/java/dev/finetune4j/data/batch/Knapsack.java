package dev.finetune4j.data.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Greedy packing: each pack takes the longest row that still fits until none does. Among rows of equal length the last one
 * goes first. This is LLaMA-Factory's packing, row by row.
 */
final class Knapsack {
    private Knapsack() {}

    /**
     * @param lengths of the rows, none above the capacity
     * @return indices of the rows in each pack, in the order in which they were taken
     */
    static List<List<Integer>> pack(int[] lengths, int capacity) {
        Rows rows = new Rows(lengths);
        List<List<Integer>> packs = new ArrayList<>();
        while (!rows.isEmpty()) {
            List<Integer> pack = new ArrayList<>();
            int left = capacity;
            int row = rows.takeLongest(left);
            while (row >= 0) {
                pack.add(row);
                left -= lengths[row];
                row = rows.takeLongest(left);
            }
            packs.add(pack);
        }
        return packs;
    }

    /** Rows sorted by length, then by number; taken ones stay in place and are stepped over. */
    private static final class Rows {
        private final int[] lengths;
        private final Integer[] order;
        private final int[] before;
        private int left;

        Rows(int[] lengths) {
            this.lengths = lengths;
            this.left = lengths.length;
            order = new Integer[lengths.length];
            before = new int[lengths.length + 1];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
                before[i] = i;
            }
            before[order.length] = order.length;
            Arrays.sort(order, (a, b) -> lengths[a] != lengths[b] ? Integer.compare(lengths[a], lengths[b]) : a - b);
        }

        boolean isEmpty() {
            return left == 0;
        }

        /** The longest row of at most {@code limit} tokens, -1 where none is left. */
        int takeLongest(int limit) {
            int place = untaken(upTo(limit));
            if (place == 0) {
                return -1;
            }
            before[place] = place - 1;
            left--;
            return order[place - 1];
        }

        /** How many rows, taken or not, have at most {@code limit} tokens. */
        private int upTo(int limit) {
            int low = 0;
            int high = order.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (lengths[order[middle]] <= limit) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        /** Nearest place at or before this one whose row is not taken; places count from 1, 0 is none. */
        private int untaken(int place) {
            int root = place;
            while (before[root] != root) {
                root = before[root];
            }
            int at = place;
            while (before[at] != root && before[at] != at) {
                int next = before[at];
                before[at] = root;
                at = next;
            }
            return root;
        }
    }
}
