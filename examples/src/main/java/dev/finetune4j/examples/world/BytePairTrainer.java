package dev.finetune4j.examples.world;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns byte-level BPE merges: again and again the most frequent neighbouring pair inside words becomes one symbol
 * (Sennrich et al. 2016, algorithm 1). Of equally frequent pairs the alphabetically first is taken, so the result
 * depends on the texts alone.
 */
final class BytePairTrainer {

    /** How a byte-level tokenizer cuts text into words; a word keeps the space before it (Radford et al. 2019). */
    private static final Pattern WORD =
            Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private final List<Word> words = new ArrayList<>();
    private final List<Merge> merges = new ArrayList<>();

    BytePairTrainer(List<String> texts) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String text : texts) {
            Matcher matcher = WORD.matcher(text);
            while (matcher.find()) {
                counts.merge(matcher.group(), 1, Integer::sum);
            }
        }
        counts.forEach((word, count) -> words.add(new Word(word, count)));
    }

    /** At most {@code count} merges, fewer when every word has become one symbol. */
    List<Merge> learn(int count) {
        while (merges.size() < count) {
            Merge best = mostFrequent();
            if (best == null) {
                break;
            }
            merges.add(best);
            words.forEach(word -> word.apply(best));
        }
        return List.copyOf(merges);
    }

    private @org.jspecify.annotations.Nullable Merge mostFrequent() {
        Map<Merge, Long> counts = new LinkedHashMap<>();
        for (Word word : words) {
            word.countPairs(counts);
        }
        return counts.entrySet().stream()
                .max(Map.Entry.<Merge, Long>comparingByValue()
                        .thenComparing(Map.Entry::getKey, java.util.Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** Two neighbouring symbols that become one. */
    record Merge(String left, String right) implements Comparable<Merge> {

        String joined() {
            return left + right;
        }

        @Override
        public int compareTo(Merge other) {
            int first = left.compareTo(other.left);
            return first != 0 ? first : right.compareTo(other.right);
        }
    }

    /** A distinct word of the texts as its symbols so far. */
    private static final class Word {

        private final List<String> symbols = new ArrayList<>();
        private final long count;

        Word(String text, long count) {
            this.count = count;
            for (char c : ByteAlphabet.spell(text).toCharArray()) {
                symbols.add(String.valueOf(c));
            }
        }

        void countPairs(Map<Merge, Long> counts) {
            for (int i = 0; i + 1 < symbols.size(); i++) {
                counts.merge(new Merge(symbols.get(i), symbols.get(i + 1)), count, Long::sum);
            }
        }

        void apply(Merge merge) {
            for (int i = 0; i + 1 < symbols.size(); i++) {
                if (symbols.get(i).equals(merge.left()) && symbols.get(i + 1).equals(merge.right())) {
                    symbols.set(i, merge.joined());
                    symbols.remove(i + 1);
                }
            }
        }
    }
}
