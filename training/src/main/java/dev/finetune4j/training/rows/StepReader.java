package dev.finetune4j.training.rows;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DataException;
import java.util.ArrayList;
import java.util.List;

/** Draws the micro-batches of one update from any position. Keeps the order of one epoch. Confined to a thread. */
public final class StepReader {
    private final RowSource source;
    private final EpochOrder orders;
    private final StepPlan plan;
    private int epoch = -1;
    private int[] order = {};

    public StepReader(RowSource source, EpochOrder orders, StepPlan plan) {
        this.source = source;
        this.orders = orders;
        this.plan = plan;
    }

    /** Whether the epoch of a position has rows left. */
    public boolean hasMore(RowPosition position) {
        return position.row() < plan.rows();
    }

    /** The micro-batches of the update that begins at a position: at least one row, at most a whole update's. */
    public List<TokenBatch> read(RowPosition position) {
        int[] numbers = order(position.epoch());
        int end = Math.min(plan.rows(), position.row() + plan.rowsPerUpdate());
        List<TokenBatch> batches = new ArrayList<>();
        for (int from = position.row(); from < end; from += plan.batchSize()) {
            List<TokenRow> rows = new ArrayList<>();
            for (int i = from; i < Math.min(end, from + plan.batchSize()); i++) {
                rows.add(source.row(numbers[i]));
            }
            batches.add(new TokenBatch(rows));
        }
        return batches;
    }

    private int[] order(int wanted) {
        if (epoch != wanted) {
            order = orders.order(wanted, plan.rows());
            if (order.length != plan.rows()) {
                throw new DataException(
                        "",
                        "The order of epoch " + wanted + " has " + order.length + " entries for " + plan.rows()
                                + " rows.");
            }
            epoch = wanted;
        }
        return order;
    }
}
