package dev.finetune4j.training.rows;

import dev.finetune4j.core.batch.TokenRow;
import java.util.List;

/** The rows of a data set, by number. Reading one twice gives the same row. */
public interface RowSource {
    int size();

    /**
     * @param index from 0 below {@link #size()}
     */
    TokenRow row(int index);

    /** Rows that are in memory already. */
    static RowSource of(List<TokenRow> rows) {
        List<TokenRow> fixed = List.copyOf(rows);
        return new RowSource() {
            @Override
            public int size() {
                return fixed.size();
            }

            @Override
            public TokenRow row(int index) {
                return fixed.get(index);
            }
        };
    }

    /** Tokens of all rows; reads every row. */
    default long tokens() {
        long sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += row(i).length();
        }
        return sum;
    }
}
