package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.rows.Splitter;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TeacherForcedEvaluatorTest {
    /** Scores by row number: loss sum, smoothed, labels, right ones. */
    private static final BatchWalk.RowScore[] SCORES = {
        new BatchWalk.RowScore(2, 3, 2, 1),
        new BatchWalk.RowScore(1, 2, 1, 1),
        new BatchWalk.RowScore(9, 9, 3, 3),
        new BatchWalk.RowScore(0, 0, 0, 0),
        new BatchWalk.RowScore(5, 6, 2, 0),
    };

    private static final BatchWalk WALK = new BatchWalk() {
        @Override
        public double count(TokenBatch batch) {
            // One more than is learned, as where the first token of a row carries a label.
            return score(batch).stream().mapToInt(RowScore::labelled).sum() + 1;
        }

        @Override
        public double forwardBackward(TokenBatch batch, Position position, double scale) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<RowScore> score(TokenBatch batch) {
            return batch.rows().stream().map(r -> SCORES[(int) r.number()]).toList();
        }
    };

    private static Map<String, Number> evaluate(int batchSize, Splitter splitter) {
        List<TokenRow> rows = new ArrayList<>();
        for (int i = 0; i < SCORES.length; i++) {
            rows.add(TokenRow.of(new int[4], new int[4], i));
        }
        AtomicLong clock = new AtomicLong();
        return new TeacherForcedEvaluator(
                        "eval_x",
                        WALK,
                        RowSource.of(rows),
                        new TeacherForcedEvaluator.Options(batchSize, true, true, splitter),
                        () -> clock.getAndAdd(2_000_000_000L))
                .evaluate();
    }

    @Test
    void theLossIsTheMeanOfBatchMeansByRows() {
        Map<String, Number> metrics = evaluate(2, Splitter.NONE);
        // (3+2)/4 over two rows, (9+0)/4 over two, 6/3 over one.
        assertEquals(
                (2 * 5.0 / 4 + 2 * 9.0 / 4 + 2.0) / 5,
                metrics.get("eval_x_loss").doubleValue(),
                1e-12);
        assertEquals(17.0 / 8, metrics.get("eval_x_token_loss").doubleValue(), 1e-12);
    }

    @Test
    void accuracyIsTheMeanOverRowsAndExactMatchTheShareOfThem() {
        Map<String, Number> metrics = evaluate(3, Splitter.NONE);
        assertEquals((0.5 + 1 + 1 + 0) / 4, metrics.get("eval_x_accuracy").doubleValue(), 1e-12);
        assertEquals(0.5, metrics.get("eval_x_exact_match").doubleValue(), 1e-12);
        assertEquals(2.0, metrics.get("eval_x_runtime"));
        assertEquals(2.5, metrics.get("eval_x_samples_per_second"));
        assertEquals(1.0, metrics.get("eval_x_steps_per_second"));
    }

    @Test
    void splittingABatchChangesNoFigure() {
        assertEquals(evaluate(4, Splitter.NONE), evaluate(4, new Splitter(1)));
    }
}
