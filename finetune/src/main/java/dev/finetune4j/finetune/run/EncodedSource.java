package dev.finetune4j.finetune.run;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.training.rows.RowSource;

/** Where the data module's rows become the trainer's. */
record EncodedSource(EncodedRows rows) implements RowSource {
    @Override
    public int size() {
        return rows.count();
    }

    @Override
    public TokenRow row(int index) {
        return rows.row(index);
    }
}
