package dev.finetune4j.core.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The names a user may have meant: the "did you mean" of every message about an unknown name. */
public final class Nearest {
    private static final int SHOWN = 3;

    private Nearest() {}

    /** Up to three names within a third of the wrong name's length in edits, or that contain it; nearest first. */
    public static List<String> to(String wrong, Collection<String> names) {
        int allowed = Math.max(1, wrong.length() / 3);
        return names.stream()
                .filter(name -> distance(wrong, name) <= allowed || contains(name, wrong))
                .sorted(Comparator.<String>comparingInt(name -> distance(wrong, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .toList();
    }

    /** A sentence for the end of a message, with a blank in front; empty where no name is near. */
    public static String sentence(String wrong, Collection<String> names) {
        List<String> near = to(wrong, names);
        return near.isEmpty() ? "" : " Did you mean \"" + String.join("\" or \"", near) + "\"?";
    }

    private static boolean contains(String name, String wrong) {
        return wrong.length() >= 4 && name.contains(wrong);
    }

    /** Edits from one to the other, letter case ignored; two neighbours swapped count as one. */
    private static int distance(String from, String to) {
        int[] beforePrevious = new int[to.length() + 1];
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = previous[j - 1] + (same(from, i - 1, to, j - 1) ? 0 : 1);
                current[j] = Math.min(changed, 1 + Math.min(previous[j], current[j - 1]));
                if (i > 1 && j > 1 && same(from, i - 1, to, j - 2) && same(from, i - 2, to, j - 1)) {
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            beforePrevious = previous;
            previous = current;
        }
        return previous[to.length()];
    }

    private static boolean same(String from, int i, String to, int j) {
        return Character.toLowerCase(from.charAt(i)) == Character.toLowerCase(to.charAt(j));
    }
}
