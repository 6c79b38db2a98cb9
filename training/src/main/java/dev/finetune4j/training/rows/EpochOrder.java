package dev.finetune4j.training.rows;

/** The order in which an epoch takes the rows; a pure function, so that a resumed run finds its place again. */
@FunctionalInterface
public interface EpochOrder {
    /** Row numbers as they are stored, in every epoch. */
    EpochOrder SEQUENTIAL = (epoch, rows) -> {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        return order;
    };

    /**
     * @param epoch from 0
     * @param rows rows of the data set
     * @return each number from 0 below {@code rows} once
     */
    int[] order(int epoch, int rows);
}
