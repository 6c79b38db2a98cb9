package dev.finetune4j.data.tokenizer.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Encodes texts with the words of a {@code tokenizer.json}. Thread-safe. */
public final class ByteLevelBpe {
    /** Words whose ids are remembered. */
    private static final int REMEMBERED = 1 << 16;

    /** Merging compares every pair again for each merge, which is dear for words that are not words. */
    private static final int LONGEST_WORD = 512;

    private static final int BYTES = 256;
    private static final int MISSING = -1;

    private final WordSplit split;
    private final AddedTokens added;
    private final Map<String, Integer> vocabulary;
    private final boolean wholeFirst;
    private final int[] ofByte;
    private final MergeTable merges;
    private final Map<String, int[]> known = new ConcurrentHashMap<>();

    private ByteLevelBpe(
            WordSplit split, AddedTokens added, Map<String, Integer> vocabulary, JsonNode model, int[] ofByte) {
        this.split = split;
        this.added = added;
        this.vocabulary = vocabulary;
        this.wholeFirst = model.path("ignore_merges").asBoolean();
        this.ofByte = ofByte;
        this.merges = new MergeTable(model.path("merges").size());
    }

    /** Empty where something in the definition is not known here to the letter. */
    public static Optional<ByteLevelBpe> of(JsonNode tokenizer) {
        JsonNode model = tokenizer.path("model");
        boolean plain = model.path("type").asText().equals("BPE")
                && isAbsent(model.path("dropout"))
                && isAbsent(model.path("continuing_subword_prefix"))
                && isAbsent(model.path("end_of_word_suffix"));
        Optional<WordSplit> split = WordSplit.of(tokenizer.path("normalizer"), tokenizer.path("pre_tokenizer"));
        Optional<AddedTokens> added = AddedTokens.of(tokenizer.path("added_tokens"));
        if (!plain || split.isEmpty() || added.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> vocabulary = new HashMap<>();
        model.path("vocab")
                .properties()
                .forEach(
                        entry -> vocabulary.put(entry.getKey(), entry.getValue().intValue()));
        int[] ofByte = new int[BYTES];
        for (int i = 0; i < BYTES; i++) {
            // A byte that the vocabulary lacks becomes something else there; words with it are left to the reference.
            ofByte[i] = vocabulary.getOrDefault(String.valueOf(ByteLetters.of(i)), MISSING);
        }
        ByteLevelBpe bpe = new ByteLevelBpe(split.get(), added.get(), vocabulary, model, ofByte);
        return bpe.readMerges(model.path("merges")) ? Optional.of(bpe) : Optional.empty();
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || node.isTextual() && node.asText().isEmpty();
    }

    private boolean readMerges(JsonNode pairs) {
        int rank = 0;
        for (JsonNode pair : pairs) {
            String[] halves = pair.isArray()
                    ? new String[] {pair.path(0).asText(), pair.path(1).asText()}
                    : pair.asText().split(" ");
            if (halves.length != 2) {
                return false;
            }
            Integer left = vocabulary.get(halves[0]);
            Integer right = vocabulary.get(halves[1]);
            Integer whole = vocabulary.get(halves[0] + halves[1]);
            if (left == null || right == null || whole == null) {
                return false;
            }
            merges.put(left, right, rank++, whole);
        }
        return true;
    }

    /** Ids of a text, null where the reference must say them. */
    public int @Nullable [] encode(String text) {
        if (!WordSplit.isSafe(text)) {
            return null;
        }
        Ids ids = new Ids();
        int at = 0;
        while (at < text.length()) {
            AddedTokens.Found token = added.next(text, at);
            int end = token == null ? text.length() : token.from();
            if (end > at && !words(split.composed(text.substring(at, end)), ids)) {
                return null;
            }
            if (token != null) {
                ids.add(token.id());
            }
            at = token == null ? end : token.to();
        }
        return ids.toArray();
    }

    /** @return whether every word could be encoded here */
    private boolean words(String text, Ids ids) {
        Matcher matcher = split.words().matcher(text);
        int at = 0;
        while (matcher.find()) {
            // Both patterns leave nothing out; if one did, what lies between would be a word of its own.
            if (matcher.start() != at || !word(text.substring(at, matcher.end()), ids)) {
                return false;
            }
            at = matcher.end();
        }
        return at == text.length();
    }

    private boolean word(String word, Ids ids) {
        int[] remembered = known.get(word);
        if (remembered == null) {
            if (word.length() > LONGEST_WORD) {
                return false;
            }
            remembered = merged(word);
            if (remembered == null) {
                return false;
            }
            if (known.size() < REMEMBERED) {
                known.put(word, remembered);
            }
        }
        ids.addAll(remembered);
        return true;
    }

    /** Null where the word has a byte that the vocabulary lacks. */
    private int @Nullable [] merged(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        if (wholeFirst) {
            Integer whole = vocabulary.get(ByteLetters.of(bytes));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = ofByte[bytes[i] & 0xff];
            if (ids[i] == MISSING) {
                return null;
            }
        }
        return merge(ids);
    }

    /** The pair of the lowest rank becomes one, the first of several, until no pair does. */
    private int[] merge(int[] ids) {
        int count = ids.length;
        while (count > 1) {
            int best = -1;
            int at = -1;
            for (int i = 0; i + 1 < count; i++) {
                int place = merges.find(ids[i], ids[i + 1]);
                if (place >= 0 && (best < 0 || merges.rank(place) < merges.rank(best))) {
                    best = place;
                    at = i;
                }
            }
            if (best < 0) {
                break;
            }
            ids[at] = merges.merged(best);
            System.arraycopy(ids, at + 2, ids, at + 1, count - at - 2);
            count--;
        }
        return Arrays.copyOf(ids, count);
    }

    /** Growing ids. */
    private static final class Ids {
        private int[] ids = new int[64];
        private int count;

        void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        void addAll(int[] more) {
            if (count + more.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + more.length));
            }
            System.arraycopy(more, 0, ids, count, more.length);
            count += more.length;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, count);
        }
    }
}
