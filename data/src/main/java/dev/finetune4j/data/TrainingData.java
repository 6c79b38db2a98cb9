package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.check.DataCheck;
import dev.finetune4j.data.check.Preview;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The encoded data of a run.
 *
 * @param tokenizer as the template needs it; to be saved with the model
 * @param template as the run wants it
 * @param train rows to learn from, in the order of the files
 * @param evaluation rows to evaluate on, by name: {@code eval} for the one set there usually is, the data sets' own names
 *     where each is evaluated by itself; empty where there is none
 */
public record TrainingData(
        Tokenizer tokenizer, Template template, EncodedRows train, Map<String, EncodedRows> evaluation) {
    /** Name of the evaluation set where it is not one of several. */
    public static final String EVALUATION = "eval";

    /**
     * Reads, renders and encodes the data sets that the request names.
     *
     * @param tokenizer of the model
     * @throws DataException where files, catalog or rows leave nothing to learn from
     * @throws TemplateException if the template is unknown or does not fit the tokenizer
     * @throws UnsupportedException for what is known and not available yet
     */
    public static TrainingData open(DataRequest request, Tokenizer tokenizer) {
        return open(request, tokenizer, Map.of());
    }

    /**
     * The same where some of the names, of training or evaluation sets, are those of rows that the program holds; see
     * {@link Readings}.
     *
     * @param held data sets by name; each goes before one of its name in the catalog
     */
    public static TrainingData open(DataRequest request, Tokenizer tokenizer, Map<String, Dataset<Reading>> held) {
        if (request.sources().train().isEmpty()) {
            throw new DataException("dataset", "No data set is named. Set dataset to names from dataset_info.json.");
        }
        return new DataOpening(request, tokenizer).open(held);
    }

    /**
     * Encodes rows from memory instead of the training sets that the request names; see {@link Readings}.
     *
     * @param evaluation rows to evaluate on, by name; may be empty
     */
    public static TrainingData of(
            DataRequest request,
            Tokenizer tokenizer,
            Dataset<Reading> train,
            Map<String, Dataset<Reading>> evaluation) {
        return new DataOpening(request, tokenizer).encode(train, evaluation);
    }

    /**
     * The first rows for people, at most so many, read and encoded no further than that.
     *
     * @param held data sets by name, see {@link #open(DataRequest, Tokenizer, Map)}
     */
    public static List<Preview> preview(
            DataRequest request, Tokenizer tokenizer, Map<String, Dataset<Reading>> held, int most) {
        return new DataOpening(request, tokenizer).preview(held, most);
    }

    /**
     * Looks at the first rows of the sets that a request names: what is in them, whether the catalog describes them rightly,
     * and what encoding makes of them. Rows that cannot be used are an answer here, not an error.
     *
     * @param held data sets by name, see {@link #open(DataRequest, Tokenizer, Map)}
     * @param most rows to look at in each set
     */
    public static DataCheck check(
            DataRequest request, Tokenizer tokenizer, Map<String, Dataset<Reading>> held, int most) {
        DataRequest.Sources sources = request.sources();
        DataRequest.Sampling all = sources.sampling();
        Integer wished = all.mostRows();
        int rows = wished == null ? most : Math.min(most, wished);
        DataRequest.Sampling some = new DataRequest.Sampling(rows, 0, all.evalEach(), all.seed(), all.mix());
        DataRequest.InvalidRows lenient = new DataRequest.InvalidRows(DataRequest.InvalidRows.Policy.SKIP, 1);
        DataRequest.Groups groups = request.handling().groups();
        return new DataOpening(
                        request.sources(sources.names(sources.train(), sources.evaluation(), some))
                                .handling(new DataRequest.Handling(groups, lenient, null, null)),
                        tokenizer)
                .check(held, request.handling().invalid());
    }

    /** The first rows for people, at most so many. */
    public List<Preview> preview(int most) {
        List<Preview> previews = new ArrayList<>();
        for (int i = 0; i < Math.min(most, train.count()); i++) {
            previews.add(Preview.of(train.provenance(i).toString(), train.row(i), tokenizer));
        }
        return previews;
    }
}
