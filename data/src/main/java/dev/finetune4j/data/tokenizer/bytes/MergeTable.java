package dev.finetune4j.data.tokenizer.bytes;

import java.util.Arrays;

/** Pairs of tokens that become one, each with its rank; open addressing over one array of longs. */
final class MergeTable {
    private static final long EMPTY = -1;

    private final long[] keys;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    MergeTable(int pairs) {
        int size = Integer.highestOneBit(Math.max(1, pairs)) * 4;
        keys = new long[size];
        ranks = new int[size];
        merged = new int[size];
        mask = size - 1;
        Arrays.fill(keys, EMPTY);
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int place(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int place = (int) (mixed >>> 32) & mask;
        while (keys[place] != EMPTY && keys[place] != key) {
            place = (place + 1) & mask;
        }
        return place;
    }

    /** A pair given twice keeps its last rank, as in the reference. */
    void put(int left, int right, int rank, int result) {
        int place = place(key(left, right));
        keys[place] = key(left, right);
        ranks[place] = rank;
        merged[place] = result;
    }

    /** Where a pair stands, -1 where it never becomes one. */
    int find(int left, int right) {
        int place = place(key(left, right));
        return keys[place] == EMPTY ? -1 : place;
    }

    int rank(int place) {
        return ranks[place];
    }

    int merged(int place) {
        return merged[place];
    }
}
