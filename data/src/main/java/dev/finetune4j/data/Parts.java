package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.cache.rows.RowsByNumber;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Rows to learn from and rows to evaluate on.
 *
 * @param train the rows of each pass over the data, from pass 0; the same in every pass unless rows stream
 * @param evaluation by name
 */
record Parts(IntFunction<Dataset<Reading>> train, Map<String, Dataset<Reading>> evaluation) {
    /** Holds validation rows back where the request asks for them, and puts rows that stream into the order of their draws. */
    static Parts of(DataRequest request, Dataset<Reading> train, Map<String, Dataset<Reading>> evaluation) {
        double share = request.sources().sampling().validation();
        long seed = request.sources().sampling().seed();
        Map<String, Dataset<Reading>> sets = new LinkedHashMap<>(evaluation);
        DataRequest.Stream stream = request.handling().stream();
        if (stream != null) {
            return streamed(stream.buffer(), request.sources().sampling(), train, sets);
        }
        if (share <= 0) {
            return new Parts(pass -> train, sets);
        }
        Split<Reading> split = Split.of(RowsByNumber.of(train), share, seed);
        sets.put(TrainingData.EVALUATION, Dataset.of(split.validation()));
        Dataset<Reading> rest = Dataset.of(split.train());
        return new Parts(pass -> rest, sets);
    }

    private static Parts streamed(
            int buffer, DataRequest.Sampling sampling, Dataset<Reading> train, Map<String, Dataset<Reading>> sets) {
        double held = sampling.validation();
        if (held > 0 && held < 1) {
            throw new DataException(
                    "val_size",
                    "a share needs the number of rows, which a stream does not know. Give a number of rows.");
        }
        if (held == 0) {
            if (!sampling.evalEach()) {
                sets.replaceAll((name, set) -> set.shuffle(buffer, sampling.seed(), 0));
            }
            return new Parts(pass -> train.shuffle(buffer, sampling.seed(), pass), sets);
        }
        // Another order in a later pass would bring rows that are held back among those that train.
        Dataset<Reading> shuffled = train.shuffle(buffer, sampling.seed(), 0);
        sets.put(TrainingData.EVALUATION, shuffled.take((long) held));
        Dataset<Reading> rest = shuffled.skip((long) held);
        return new Parts(pass -> rest, sets);
    }
}
