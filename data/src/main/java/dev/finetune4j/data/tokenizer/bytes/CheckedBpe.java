package dev.finetune4j.data.tokenizer.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes by {@link ByteLevelBpe} where that is possible and by the reference elsewhere. The reference encodes the first texts
 * alone, compares on many of the next and on some of all later ones; after one difference it encodes everything. Thread-safe.
 */
public final class CheckedBpe {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedBpe.class);

    /** Reading the vocabulary pays for itself with so many texts. */
    private static final int WARM_UP = 500;

    /** Texts that are all compared before any is trusted. */
    private static final int COMPARED = 200;

    private static final int EVERY = 256;

    private final Function<String, int[]> reference;
    private final JsonNode definition;
    private final AtomicLong texts = new AtomicLong();
    private volatile @Nullable ByteLevelBpe own;
    private volatile boolean decided;

    /**
     * @param definition {@code tokenizer.json}
     * @param reference the library's own ids
     */
    public CheckedBpe(JsonNode definition, Function<String, int[]> reference) {
        this.definition = definition;
        this.reference = reference;
    }

    /** Ids of a text. */
    public int[] encode(String text) {
        long number = texts.incrementAndGet();
        if (number <= WARM_UP) {
            return reference.apply(text);
        }
        ByteLevelBpe mine = own();
        int[] ids = mine == null ? null : mine.encode(text);
        if (ids == null) {
            return reference.apply(text);
        }
        if (number > WARM_UP + COMPARED && number % EVERY != 0) {
            return ids;
        }
        return compared(text, ids);
    }

    private int[] compared(String text, int[] ids) {
        int[] theirs = reference.apply(text);
        if (!Arrays.equals(theirs, ids)) {
            own = null;
            LOG.warn(
                    "The encoder of this library and the reference disagree about a text of {} characters; all texts are"
                            + " encoded by the reference from here on. Please report the tokenizer.",
                    text.length());
        }
        return theirs;
    }

    private @Nullable ByteLevelBpe own() {
        if (!decided) {
            synchronized (this) {
                if (!decided) {
                    own = ByteLevelBpe.of(definition).orElse(null);
                    decided = true;
                }
            }
        }
        return own;
    }
}
