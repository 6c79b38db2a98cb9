package dev.finetune4j.core.gguf.family;

import java.util.Locale;

/** What has to be done to a tensor so that it lies as on the hub. */
public enum Layout {
    /** Nothing. */
    AS_IS,
    /**
     * Rows of a head's rotary pairs follow each other in the file; on the hub first halves come before second halves. Heads
     * are those of the queries.
     */
    PAIRED_QUERY,
    /** The same with the heads of the keys. */
    PAIRED_KEY,
    /** Queries, keys and values are blocks in the file; on the hub each key head follows its queries, then its value head. */
    GROUPED,
    /** The file holds weight + 1. */
    MINUS_ONE,
    /** A vector that is a matrix of one row on the hub. */
    AS_ROW,
    /** The hub holds {@code [in, out]}. */
    TRANSPOSED;

    /** By its name in the table, such as {@code paired-query}. */
    static Layout named(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
