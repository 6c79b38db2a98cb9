package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Tokens sorted by expert: a row for each token and expert that chose each other, the rows of an expert one run, in the
 * order of the tokens. Tensors lie in the scope in which it was made.
 *
 * <p>On a CPU a run is filled up to a round number of rows with its last token again, whose results nobody reads: the
 * product makes a kernel for every number of rows that it has not seen, which takes as long as a small product, and counts
 * of tokens are a new number nearly every time.
 */
final class Dispatch {
    /** Spare rows are at most one in this many. */
    private static final int FINENESS = 16;

    private final long[] counts;
    private final long[] starts;
    private final Tensor tokens;
    private final Tensor slots;
    private final int perToken;

    /**
     * @param counts tokens of each expert
     * @param starts first row of each expert, and the number of rows
     * @param tokens of each row, {@code [rows]}
     * @param slots row of each token's choices, {@code [tokens · perToken]}
     */
    private Dispatch(long[] counts, long[] starts, Tensor tokens, Tensor slots, int perToken) {
        this.counts = counts;
        this.starts = starts;
        this.tokens = tokens;
        this.slots = slots;
        this.perToken = perToken;
    }

    /** @param ids {@code [tokens, perToken]} */
    static Dispatch of(Tensor ids, int experts) {
        return ids.is_cuda() ? onDevice(ids, experts) : onHost(ids, experts);
    }

    /** A counting sort. */
    private static Dispatch onHost(Tensor ids, int experts) {
        long[] chosen = Torch.toLongs(ids);
        int perToken = Math.toIntExact(ids.size(1));
        long[] counts = new long[experts];
        for (long expert : chosen) {
            counts[(int) expert]++;
        }
        long[] starts = starts(counts, true);
        long[] next = starts.clone();
        long[] slots = new long[chosen.length];
        long[] tokens = new long[Math.toIntExact(starts[experts])];
        for (int i = 0; i < chosen.length; i++) {
            slots[i] = next[(int) chosen[i]]++;
            tokens[(int) slots[i]] = i / perToken;
        }
        for (int e = 0; e < experts; e++) {
            if (counts[e] > 0) {
                java.util.Arrays.fill(tokens, (int) next[e], (int) starts[e + 1], tokens[(int) next[e] - 1]);
            }
        }
        return new Dispatch(counts, starts, Torch.longs(tokens, Device.CPU), Torch.longs(slots, Device.CPU), perToken);
    }

    /** A stable sort where the ids are; only the counts come back. */
    static Dispatch onDevice(Tensor ids, int experts) {
        int perToken = Math.toIntExact(ids.size(1));
        Tensor flat = ids.reshape(-1);
        long[] counts = Torch.toLongs(flat.bincount(new TensorOptional(), experts));
        Tensor order = torch.argsort(flat, true, 0, false);
        Tensor places = torch.arange(new Scalar(flat.numel()), order.options());
        Tensor slots = torch.empty_like(order).scatter_(0, order, places);
        Tensor tokens = order.floor_divide(new Scalar((long) perToken));
        return new Dispatch(counts, starts(counts, false), tokens, slots, perToken);
    }

    private static long[] starts(long[] counts, boolean round) {
        long[] starts = new long[counts.length + 1];
        for (int e = 0; e < counts.length; e++) {
            starts[e + 1] = starts[e] + (round ? rounded(counts[e]) : counts[e]);
        }
        return starts;
    }

    /** The next multiple of the largest power of two that is no more than a sixteenth. */
    static long rounded(long count) {
        long step = Math.max(1, Long.highestOneBit(count / FINENESS));
        return (count + step - 1) / step * step;
    }

    /** Whether any token chose an expert. */
    boolean used(int expert) {
        return counts[expert] > 0;
    }

    /** The rows of one expert: a view. */
    Tensor rows(Tensor sorted, int expert) {
        return sorted.narrow(0, starts[expert], starts[expert + 1] - starts[expert]);
    }

    /** Uninitialised rows. */
    Tensor allRows(Tensor like) {
        return Torch.empty(DType.of(like), Torch.device(like), starts[counts.length], like.size(1));
    }

    /** The rows of one expert, each its token's own. */
    Tensor gather(Tensor x, int expert) {
        return x.index_select(0, rows(tokens, expert));
    }

    /** As {@link #gather}, with spare rows zero. */
    Tensor gatherGradient(Tensor dy, int expert) {
        Tensor rows = gather(dy, expert);
        long spare = rows.size(0) - counts[expert];
        if (spare > 0) {
            rows.narrow(0, counts[expert], spare).zero_();
        }
        return rows;
    }

    /**
     * Sums rows over each token's choices, in the order of the choices: {@code [tokens, width]}.
     *
     * @param weights {@code [tokens, perToken]} in any floating dtype; null for ones
     */
    Tensor combine(Tensor sorted, @Nullable Tensor weights) {
        Tensor bags =
                torch.arange(new Scalar(0L), new Scalar(slots.numel()), new Scalar((long) perToken), slots.options());
        TensorOptional factors = weights == null
                ? new TensorOptional()
                : new TensorOptional(
                        weights.reshape(-1).to(sorted.scalar_type()).contiguous());
        return torch.embedding_bag(sorted, slots, bags, false, 0, false, factors, false)
                .get0();
    }

    /** Weights of rows {@code [rows, 1]} from those of choices {@code [tokens, perToken]}, zero in spare rows. */
    Tensor ofRows(Tensor weights, DType dtype) {
        Tensor flat = Torch.to(weights, dtype).reshape(-1);
        return Torch.zeros(dtype, Torch.device(weights), starts[counts.length])
                .index_copy_(0, slots, flat)
                .view(-1, 1);
    }

    /** Values of choices {@code [tokens, perToken]} from those of rows {@code [rows]}. */
    Tensor ofChoices(Tensor rows) {
        return rows.index_select(0, slots).view(-1, perToken);
    }

    /** Draws for the rows of one expert: those of the batch's rows its tokens belong to. */
    Draws draws(Draws batch, int expert) {
        if (!batch.active()) {
            return batch;
        }
        int[] lengths = batch.rowLengths();
        int[] own = new int[lengths.length + 1];
        long[] chosen = Torch.toLongs(tokens.narrow(0, starts[expert], counts[expert]));
        int row = 0;
        long end = lengths[0];
        for (long token : chosen) {
            while (token >= end) {
                row++;
                end += lengths[row];
            }
            own[row]++;
        }
        own[lengths.length] = Math.toIntExact(starts[expert + 1] - starts[expert] - counts[expert]);
        return batch.of(own);
    }
}
