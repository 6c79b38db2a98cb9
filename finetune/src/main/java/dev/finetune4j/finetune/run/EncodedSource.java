package dev.finetune4j.finetune.run;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.training.rows.RowSource;

/** Where the data module's rows become the trainer's. Rows that stream are checked here, the others were before. */
record EncodedSource(EncodedRows rows, Preparation run) implements RowSource {
    @Override
    public int size() {
        return rows.count();
    }

    @Override
    public TokenRow row(int index) {
        return rows.streams()
                ? run.data().checked(rows, index, run.config().sizes().vocabulary())
                : rows.row(index);
    }

    @Override
    public long tokens() {
        return rows.statistics().tokens();
    }
}
