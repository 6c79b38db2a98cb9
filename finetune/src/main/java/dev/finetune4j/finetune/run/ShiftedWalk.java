package dev.finetune4j.finetune.run;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.shifted.ShiftedAttention;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.List;

/** A walk that attends within shifted groups while it trains, and to whole documents while it scores. */
final class ShiftedWalk implements BatchWalk {
    private final BatchWalk walk;
    private final ShiftedAttention kernel;

    private ShiftedWalk(BatchWalk walk, ShiftedAttention kernel) {
        this.walk = walk;
        this.kernel = kernel;
    }

    /**
     * The walk itself unless its kernel knows shifted groups.
     *
     * @param kernel the kernel of the walk's decoder
     */
    static BatchWalk around(BatchWalk walk, AttentionKernel kernel) {
        return kernel instanceof ShiftedAttention shifted ? new ShiftedWalk(walk, shifted) : walk;
    }

    @Override
    public double count(TokenBatch batch) {
        return walk.count(batch);
    }

    @Override
    public double forwardBackward(TokenBatch batch, Position position, double scale) {
        kernel.on(true);
        try {
            return walk.forwardBackward(batch, position, scale);
        } finally {
            kernel.on(false);
        }
    }

    @Override
    public List<RowScore> score(TokenBatch batch) {
        return walk.score(batch);
    }
}
