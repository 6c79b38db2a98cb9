package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionRule.Run;
import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * Some queries of one run and the keys that any of them sees, and their places in ragged tensors.
 *
 * @param first token of the first query
 * @param firstKey token of the first key, at or before {@code first}; the last key is the last query's
 */
record QueryChunk(int first, int queries, int firstKey) {
    private static final int MOST = 256;

    /** What is done for each chunk. */
    interface Work {
        void on(QueryChunk chunk);
    }

    /** Walks over all chunks of a batch, each in a scope of its own. */
    static void forEach(AttentionLayout layout, AttentionRule rule, Work work) {
        rule.runs(layout).forEach(run -> forEach(run, rule, work));
    }

    /** Walks over the chunks of one run. */
    static void forEach(Run run, AttentionRule rule, Work work) {
        for (int at = 0; at < run.length(); at += MOST) {
            try (Scope scope = Scope.open("attention chunk")) {
                int before = rule.window() > 0 ? Math.min(at, rule.window() - 1) : at;
                int first = run.start() + at;
                work.on(new QueryChunk(first, Math.min(MOST, run.length() - at), first - before));
            }
        }
    }

    /** A whole run at once. */
    static QueryChunk whole(Run run) {
        return new QueryChunk(run.start(), run.length(), run.start());
    }

    /** Keys before the first query's own. */
    int before() {
        return first - firstKey;
    }

    int keys() {
        return first + queries - firstKey;
    }

    /** {@code [keyValueHeads, group · queries, dim]} of queries, outputs or their gradients. */
    Tensor fold(Tensor ragged, long keyValueHeads) {
        long group = ragged.size(1) / keyValueHeads;
        return ragged.narrow(0, first, queries)
                .view(queries, keyValueHeads, group, ragged.size(2))
                .permute(1, 2, 0, 3)
                .reshape(keyValueHeads, group * queries, ragged.size(2));
    }

    /** Writes what {@link #fold} would read. */
    void unfold(Tensor folded, Tensor ragged) {
        long keyValueHeads = folded.size(0);
        long group = ragged.size(1) / keyValueHeads;
        ragged.narrow(0, first, queries)
                .view(queries, keyValueHeads, group, ragged.size(2))
                .copy_(folded.view(keyValueHeads, group, queries, ragged.size(2))
                        .permute(2, 0, 1, 3));
    }

    /** Rows of the visible keys, {@code [keys, keyValueHeads, dim]}. */
    Tensor keysOf(Tensor ragged) {
        return ragged.narrow(0, firstKey, keys());
    }

    /** {@code [keyValueHeads, keys, dim]}. */
    Tensor keys(Tensor ragged) {
        return keysOf(ragged).transpose(0, 1);
    }

    /** {@code [heads, queries]} of the row statistics. */
    Tensor statistics(Tensor all) {
        return all.narrow(1, first, queries);
    }
}
