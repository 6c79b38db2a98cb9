package dev.finetune4j.data.tokenizer.bytes;

import dev.finetune4j.core.error.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A file of ranked byte sequences as tiktoken reads it: one in Base64 and its rank a line. The rank is the id, and what has the
 * lower rank is merged first.
 *
 * @param ranks by the sequence in the letters that stand for bytes
 */
public record RankFile(Map<String, Integer> ranks) {
    private static final Pattern LINE = Pattern.compile("[A-Za-z0-9+/]+={0,2} \\d{1,9}");

    /** Longer ones are nowhere learnt; the bound keeps a file of nonsense from taking hours. */
    private static final int LONGEST = 1024;

    private record Merge(int rank, int left, int right, String[] halves) {}

    /** Whether a file begins like one of this kind. */
    public static boolean isOne(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        String first = new String(content, 0, end, StandardCharsets.ISO_8859_1);
        return LINE.matcher(first.strip()).matches();
    }

    /**
     * Reads one.
     *
     * @param where the file, for messages
     * @throws DataException naming the first line that is no ranked sequence
     */
    public static RankFile read(String where, byte[] content) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        int number = 0;
        for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\r?\n")) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            if (!LINE.matcher(line).matches()) {
                throw malformed(where, number, "The line is no byte sequence in Base64 with its rank.");
            }
            int blank = line.indexOf(' ');
            String letters = ByteLetters.of(decoded(where, number, line.substring(0, blank)));
            if (ranks.put(letters, Integer.parseInt(line.substring(blank + 1))) != null) {
                throw malformed(where, number, "The byte sequence has a rank already.");
            }
        }
        return new RankFile(ranks);
    }

    private static byte[] decoded(String where, int number, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    where + ":" + number, "\"" + text + "\" is not Base64. Copy the file from the model again.", e);
        }
    }

    private static DataException malformed(String where, int number, String what) {
        return new DataException(where + ":" + number, what + " Copy the file from the model again.");
    }

    /** Every pair of ranked sequences that make a third, that of the lowest rank first. */
    public List<String[]> merges() {
        List<Merge> merges = new ArrayList<>();
        ranks.forEach((whole, rank) -> {
            for (int cut = 1; cut < whole.length() && whole.length() <= LONGEST; cut++) {
                Integer left = ranks.get(whole.substring(0, cut));
                Integer right = ranks.get(whole.substring(cut));
                if (left != null && right != null) {
                    String[] halves = {whole.substring(0, cut), whole.substring(cut)};
                    merges.add(new Merge(rank, left, right, halves));
                }
            }
        });
        merges.sort(Comparator.comparingInt(Merge::rank)
                .thenComparingInt(Merge::left)
                .thenComparingInt(Merge::right));
        return merges.stream().map(Merge::halves).toList();
    }
}
