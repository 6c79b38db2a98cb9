package dev.finetune4j.training.rows;

/**
 * Where a run stands in its data.
 *
 * @param epoch epoch under way, from 0
 * @param row rows of that epoch already used
 */
public record RowPosition(int epoch, int row) {
    public RowPosition advance(int rows) {
        return new RowPosition(epoch, row + rows);
    }

    public RowPosition nextEpoch() {
        return new RowPosition(epoch + 1, 0);
    }
}
