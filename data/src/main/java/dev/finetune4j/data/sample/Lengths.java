package dev.finetune4j.data.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many rows have how many tokens, before the length limit cuts them. Not thread-safe. */
public final class Lengths {
    private final SortedMap<Integer, Long> counts = new TreeMap<>();
    private long rows;

    /**
     * Rows whose lengths lie in one range.
     *
     * @param from shortest length
     * @param to longest length
     */
    public record Bar(int from, int to, long rows) {}

    void add(int length) {
        counts.merge(length, 1L, Long::sum);
        rows++;
    }

    void add(Map<Integer, Long> other) {
        other.forEach((length, count) -> {
            counts.merge(length, count, Long::sum);
            rows += count;
        });
    }

    /** Rows of each length. */
    Map<Integer, Long> counts() {
        return new TreeMap<>(counts);
    }

    /** Rows counted. */
    public long rows() {
        return rows;
    }

    /**
     * The length that so many of the rows do not exceed; 0 without rows.
     *
     * @param share of the rows, above 0 and at most 1
     */
    public int percentile(double share) {
        long wanted = (long) Math.ceil(share * rows);
        long seen = 0;
        for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
            seen += entry.getValue();
            if (seen >= wanted) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** Rows longer than a limit. */
    public long above(int limit) {
        return counts.tailMap(limit + 1).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Lengths by powers of two, from the shortest to the longest that there is. */
    public List<Bar> bars() {
        List<Bar> bars = new ArrayList<>();
        if (counts.isEmpty()) {
            return bars;
        }
        int longest = counts.lastKey();
        for (int from = Integer.highestOneBit(Math.max(1, counts.firstKey())); from <= longest && from > 0; from *= 2) {
            int to = from * 2 - 1;
            int first = from == 1 ? 0 : from;
            long inside = counts.subMap(first, to + 1).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            bars.add(new Bar(first, to, inside));
        }
        return bars;
    }
}
