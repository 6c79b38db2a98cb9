package dev.finetune4j.core.config.bind;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds what a misspelt word was meant to be, by the number of insertions, deletions, substitutions and swaps of
 * neighbours between the two (Damerau 1964, in the restricted form that edits no place twice).
 */
public final class Nearest {
    private static final int MOST = 3;

    private Nearest() {}

    /** The candidates near enough to be meant, nearest first, at most three. Case and separators do not count. */
    public static List<String> to(String word, Collection<String> candidates) {
        String plain = plain(word);
        int reach = Math.max(1, plain.length() / 3);
        Map<String, Integer> distances = candidates.stream()
                .distinct()
                .collect(Collectors.toMap(candidate -> candidate, candidate -> distance(plain, plain(candidate))));
        return distances.entrySet().stream()
                .filter(entry -> entry.getValue() <= reach)
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Edits between two words. */
    static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                edits[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : cheapest(edits, from, to, i, j);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int cheapest(int[][] edits, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best = Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }
}
