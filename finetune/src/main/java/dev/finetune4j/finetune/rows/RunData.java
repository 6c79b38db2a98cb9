package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.TrainingData;
import dev.finetune4j.data.check.DataCheck;
import dev.finetune4j.data.check.Preview;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a run, encoded. Owns the tokenizer until {@link #close}.
 *
 * @param tokenizer as the template needs it
 * @param newTokens what settings and adapters added to the model's own
 * @param template as the run wants it
 * @param train rows to learn from; null where the run only evaluates
 * @param evaluation rows to evaluate on by metric prefix, {@code eval} or {@code eval_<set>}
 */
public record RunData(
        Tokenizer tokenizer,
        NewTokens newTokens,
        Template template,
        @Nullable EncodedRows train,
        Map<String, EncodedRows> evaluation)
        implements AutoCloseable {
    private static final String EVAL = TrainingData.EVALUATION;
    private static final int NAMED = 5;
    private static final Logger LOG = LoggerFactory.getLogger(RunData.class);

    /**
     * Reads and encodes the sets that the arguments name.
     *
     * @param memory sets that are not files
     * @throws dev.finetune4j.core.error.FineTuneException if tokenizer, template, files or rows cannot be used
     */
    public static RunData open(FineTuneArguments arguments, MemorySets memory, Path modelFolder) {
        RunTokenizer tokenizer = RunTokenizer.open(arguments, modelFolder);
        try {
            return arguments.training().trains() || arguments.data().valSize() > 0
                    ? training(arguments, memory, tokenizer)
                    : evaluationOnly(arguments, memory, tokenizer);
        } catch (RuntimeException e) {
            tokenizer.tokenizer().close();
            throw e;
        }
    }

    private static RunData training(FineTuneArguments arguments, MemorySets memory, RunTokenizer tokenizer) {
        TrainingData data = encode(DataRequests.of(arguments, memory), arguments, memory, tokenizer.tokenizer());
        Map<String, EncodedRows> evaluation = new LinkedHashMap<>();
        data.evaluation().forEach((name, rows) -> evaluation.put(prefix(name), rows));
        boolean trains = arguments.training().trains();
        return new RunData(
                data.tokenizer(), tokenizer.added(), data.template(), trains ? data.train() : null, evaluation);
    }

    private static RunData evaluationOnly(FineTuneArguments arguments, MemorySets memory, RunTokenizer tokenizer) {
        DataRequest all = DataRequests.of(arguments, memory);
        Map<String, EncodedRows> evaluation = new LinkedHashMap<>();
        List<List<String>> groups = all.sources().sampling().evalEach()
                ? all.sources().evaluation().stream().distinct().map(List::of).toList()
                : List.of(all.sources().evaluation());
        TrainingData last = null;
        for (List<String> names : groups) {
            DataRequest one = trainingOn(all, names);
            last = encode(one, arguments, memory, tokenizer.tokenizer());
            evaluation.put(all.sources().sampling().evalEach() ? prefix(names.get(0)) : EVAL, last.train());
        }
        if (last == null) {
            throw new IllegalStateException("an evaluation without sets passed the rules");
        }
        return new RunData(last.tokenizer(), tokenizer.added(), last.template(), null, evaluation);
    }

    private static String prefix(String name) {
        return name.equals(EVAL) ? EVAL : EVAL + "_" + name;
    }

    private static TrainingData encode(
            DataRequest request, FineTuneArguments arguments, MemorySets memory, Tokenizer tokenizer) {
        return TrainingData.open(
                request, tokenizer, memory.readings(arguments.finetuning().stage()));
    }

    /**
     * Refuses rows with tokens that a model of so many embedding rows does not have; rows that no token has are padding and
     * fine. Rows of data that stream are looked at when they are read, by {@link #checked}.
     *
     * @throws WeightException naming the first such row and token
     */
    public void requireIdsBelow(int vocabulary) {
        if (tokenizer.vocabularySize() > vocabulary) {
            // Some models come so: what only their relatives with images use has an id and no row.
            LOG.info("The model has {} embedding rows. {} Rows with them are refused.", vocabulary, beyond(vocabulary));
        }
        if (train != null && !train.streams()) {
            requireIdsBelow(train, vocabulary);
        }
        evaluation.values().forEach(rows -> requireIdsBelow(rows, vocabulary));
    }

    private void requireIdsBelow(EncodedRows rows, int vocabulary) {
        if (rows.statistics().largestId() < vocabulary) {
            return;
        }
        for (int i = 0; i < rows.count(); i++) {
            checked(rows, i, vocabulary);
        }
    }

    /**
     * One of the rows.
     *
     * @throws WeightException if it has a token that a model of so many embedding rows does not have
     */
    public TokenRow checked(EncodedRows rows, int index, int vocabulary) {
        TokenRow row = rows.row(index);
        for (int id : row.ids()) {
            if (id >= vocabulary) {
                throw new WeightException(rows.provenance(index) + ": the token \"" + tokenizer.token(id) + "\" has id "
                        + id + ", but the model has " + vocabulary + " embedding rows. " + beyond(vocabulary)
                        + " Set resize_vocab: true to give the model rows for them; choose another template if the"
                        + " template added them, or take the tokenizer that belongs to the model.");
            }
        }
        return row;
    }

    /** The tokens without an embedding row, the first few of many by name. */
    private String beyond(int vocabulary) {
        int size = tokenizer.vocabularySize();
        String names = IntStream.range(vocabulary, size)
                .mapToObj(tokenizer::token)
                .filter(Objects::nonNull)
                .limit(NAMED)
                .map(token -> "\"" + token + "\"")
                .collect(Collectors.joining(", "));
        return "The tokenizer has " + size + " ids; without a row are " + names
                + (size - vocabulary > NAMED ? " and others." : ".");
    }

    /** The first rows for people, at most so many, read no further than that: of the training or else evaluation sets. */
    public static List<Preview> preview(FineTuneArguments arguments, MemorySets memory, Path modelFolder, int most) {
        DataRequest request = DataRequests.of(arguments, memory);
        if (request.sources().train().isEmpty()) {
            request = trainingOn(request, request.sources().evaluation());
        }
        try (Tokenizer tokenizer = RunTokenizer.open(arguments, modelFolder).tokenizer()) {
            return TrainingData.preview(
                    request, tokenizer, memory.readings(arguments.finetuning().stage()), most);
        }
    }

    /** Looks at the first rows of each set; see {@link TrainingData#check}. */
    public static DataCheck check(FineTuneArguments arguments, MemorySets memory, Path modelFolder, int most) {
        DataRequest request = DataRequests.of(arguments, memory);
        if (request.sources().train().isEmpty()) {
            request = trainingOn(request, request.sources().evaluation());
        }
        try (Tokenizer tokenizer = RunTokenizer.open(arguments, modelFolder).tokenizer()) {
            return TrainingData.check(
                    request, tokenizer, memory.readings(arguments.finetuning().stage()), most);
        }
    }

    /** Evaluation sets as if they were to be trained on, which encodes them alike; nothing is kept of them. */
    private static DataRequest trainingOn(DataRequest request, List<String> names) {
        DataRequest.Sources all = request.sources();
        DataRequest.Handling handling = request.handling();
        return request.sources(all.names(names, List.of(), all.sampling()))
                .handling(new DataRequest.Handling(handling.groups(), handling.invalid(), null, null));
    }

    /**
     * Tokens of the largest micro-batch that a run can meet: exactly where rows keep their order, at most so where not.
     *
     * @param limit most tokens of a row, for rows that stream
     */
    public static long largestBatch(EncodedRows rows, int batchSize, boolean shuffled, int limit) {
        if (rows.streams()) {
            return (long) batchSize * limit;
        }
        int[] lengths = new int[rows.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = rows.length(i);
        }
        if (shuffled) {
            java.util.Arrays.sort(lengths);
            long sum = 0;
            for (int i = Math.max(0, lengths.length - batchSize); i < lengths.length; i++) {
                sum += lengths[i];
            }
            return sum;
        }
        long largest = 0;
        for (int from = 0; from < lengths.length; from += batchSize) {
            long sum = 0;
            for (int i = from; i < Math.min(lengths.length, from + batchSize); i++) {
                sum += lengths[i];
            }
            largest = Math.max(largest, sum);
        }
        return largest;
    }

    @Override
    public void close() {
        if (train != null) {
            train.close();
        }
        evaluation.values().forEach(EncodedRows::close);
        tokenizer.close();
    }
}
