package dev.finetune4j.training.rows;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides a micro-batch into walks that fit a budget of tokens. Rows keep their order, so that numbers keyed by row stay
 * the same and only the order of sums changes; a row above the budget walks alone.
 *
 * @param tokensPerWalk budget; ≥ 1
 */
public record Splitter(long tokensPerWalk) {
    /** Never divides. */
    public static final Splitter NONE = new Splitter(Long.MAX_VALUE);

    public Splitter {
        if (tokensPerWalk < 1) {
            throw new IllegalArgumentException("tokensPerWalk must be at least 1, found " + tokensPerWalk);
        }
    }

    public List<TokenBatch> split(TokenBatch batch) {
        if (batch.length() <= tokensPerWalk) {
            return List.of(batch);
        }
        List<TokenBatch> parts = new ArrayList<>();
        List<TokenRow> current = new ArrayList<>();
        long tokens = 0;
        for (TokenRow row : batch.rows()) {
            if (!current.isEmpty() && tokens + row.length() > tokensPerWalk) {
                parts.add(new TokenBatch(current));
                current = new ArrayList<>();
                tokens = 0;
            }
            current.add(row);
            tokens += row.length();
        }
        parts.add(new TokenBatch(current));
        return parts;
    }
}
