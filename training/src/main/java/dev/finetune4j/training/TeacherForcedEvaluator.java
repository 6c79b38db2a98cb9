package dev.finetune4j.training;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.rows.Splitter;
import dev.finetune4j.training.walk.BatchWalk;
import dev.finetune4j.training.walk.BatchWalk.RowScore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Loss and accuracy of the labels, each predicted from the true tokens before it.
 *
 * <ul>
 *   <li>{@code _loss}: loss of each batch over what the walk says it counts for, weighted by its rows, as the Hugging Face
 *       trainer reports it; with the run's label smoothing
 *   <li>{@code _token_loss}: mean over all labelled tokens, without smoothing, whatever the batch size
 *   <li>{@code _accuracy}: mean over rows of the share of labels that the arg max meets
 *   <li>{@code _exact_match}: share of rows whose every label it meets: what greedy decoding would answer right
 * </ul>
 *
 * <p>Rows without a label take part in none of them.
 */
public final class TeacherForcedEvaluator implements Evaluator {
    private final String prefix;
    private final BatchWalk walk;
    private final RowSource rows;
    private final Options options;
    private final LongSupplier nanos;

    /**
     * @param batchSize rows whose losses make one mean
     * @param accuracy report {@code _accuracy}
     * @param exactMatch report {@code _exact_match}
     * @param splitter divides batches to fit memory; changes no figure
     */
    public record Options(int batchSize, boolean accuracy, boolean exactMatch, Splitter splitter) {}

    /**
     * @param prefix {@code eval}, or {@code eval_NAME} for one of several sets
     * @param nanos the clock
     */
    public TeacherForcedEvaluator(String prefix, BatchWalk walk, RowSource rows, Options options, LongSupplier nanos) {
        this.prefix = prefix;
        this.walk = walk;
        this.rows = rows;
        this.options = options;
        this.nanos = nanos;
    }

    private static final class Sums {
        private double batchLosses;
        private long batchRows;
        private double tokenLoss;
        private long tokens;
        private double accuracies;
        private long exact;
        private long rows;

        void add(List<RowScore> scores, double count) {
            double loss = 0;
            long labelled = 0;
            for (RowScore score : scores) {
                loss += score.smoothedLossSum();
                labelled += score.labelled();
                if (score.labelled() > 0) {
                    rows++;
                    tokenLoss += score.lossSum();
                    accuracies += (double) score.right() / score.labelled();
                    exact += score.exact() ? 1 : 0;
                }
            }
            tokens += labelled;
            if (count > 0) {
                batchLosses += loss / count * scores.size();
                batchRows += scores.size();
            }
        }
    }

    @Override
    public Map<String, Number> evaluate() {
        long start = nanos.getAsLong();
        Sums sums = new Sums();
        for (int from = 0; from < rows.size(); from += options.batchSize()) {
            TokenBatch batch = batch(from, Math.min(rows.size(), from + options.batchSize()));
            sums.add(score(batch), walk.count(batch));
        }
        if (sums.tokens == 0) {
            throw new DataException(
                    "", "No row of the evaluation set " + prefix + " has a label, so there is nothing to score.");
        }
        Map<String, Number> metrics = new LinkedHashMap<>();
        if (options.accuracy()) {
            metrics.put(prefix + "_accuracy", sums.accuracies / sums.rows);
        }
        if (options.exactMatch()) {
            metrics.put(prefix + "_exact_match", (double) sums.exact / sums.rows);
        }
        metrics.put(prefix + "_loss", sums.batchLosses / sums.batchRows);
        metrics.put(prefix + "_token_loss", sums.tokenLoss / sums.tokens);
        double batches = Math.ceil((double) rows.size() / options.batchSize());
        Speed.add(metrics, prefix, (nanos.getAsLong() - start) / 1e9, rows.size(), batches);
        return metrics;
    }

    private TokenBatch batch(int from, int to) {
        List<TokenRow> batch = new ArrayList<>();
        for (int i = from; i < to; i++) {
            batch.add(rows.row(i));
        }
        return new TokenBatch(batch);
    }

    private List<RowScore> score(TokenBatch batch) {
        List<RowScore> scores = new ArrayList<>();
        for (TokenBatch part : options.splitter().split(batch)) {
            scores.addAll(walk.score(part));
        }
        return scores;
    }
}
