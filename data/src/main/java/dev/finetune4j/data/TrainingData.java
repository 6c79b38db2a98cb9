package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.batch.GroupEncoder;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.TokenizerFit;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(TrainingData.class);
    private static final String NO_TEMPLATE = "empty";

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
        RowSource source = new RowSource(request, held);
        Dataset<Reading> train = mix(request, source.open(request.sources().train()));
        Map<String, Dataset<Reading>> evaluation = evaluationSets(request, source);
        return encode(request, tokenizer, train, evaluation);
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
        return encode(request, tokenizer, train, evaluation);
    }

    private static Map<String, Dataset<Reading>> evaluationSets(DataRequest request, RowSource source) {
        List<String> names = request.sources().evaluation();
        Map<String, Dataset<Reading>> sets = new LinkedHashMap<>();
        if (names.isEmpty()) {
            return sets;
        }
        if (request.sources().sampling().validation() > 0) {
            throw new DataException(
                    "val_size", "val_size and eval_dataset both name evaluation rows. Set one of them.");
        }
        List<Dataset<Reading>> opened = source.open(names);
        if (!request.sources().sampling().evalEach()) {
            sets.put(EVALUATION, mix(request, opened));
            return sets;
        }
        List<String> distinct = names.stream().distinct().toList();
        for (int i = 0; i < opened.size(); i++) {
            sets.put(distinct.get(i), opened.get(i));
        }
        return sets;
    }

    private static Dataset<Reading> mix(DataRequest request, List<Dataset<Reading>> sets) {
        return request.sources()
                .sampling()
                .mix()
                .of(sets, request.sources().sampling().seed());
    }

    private static TrainingData encode(
            DataRequest request, Tokenizer original, Dataset<Reading> train, Map<String, Dataset<Reading>> evaluation) {
        Template template = template(request, original);
        Tokenizer tokenizer = TokenizerFit.fit(original, template);
        GroupEncoder encoder = Encoders.of(request, template, tokenizer);
        SetEncoding encoding = new SetEncoding(request, encoder);
        Parts parts = Parts.of(request, train, evaluation);
        String name = String.join(",", request.sources().train());
        DataRequest.Stream stream = request.handling().stream();
        EncodedRows rows = stream == null
                ? encoding.encode(parts.train().apply(0), name)
                : encoding.stream(parts.train(), stream.rows(), name);
        Map<String, EncodedRows> encoded = new LinkedHashMap<>();
        parts.evaluation().forEach((set, held) -> encoded.put(set, encoding.encode(held, "evaluation set " + set)));
        return new TrainingData(tokenizer, template, rows, encoded);
    }

    private static Template template(DataRequest request, Tokenizer tokenizer) {
        String name = request.rendering().template();
        if (name == null) {
            if (tokenizer.chatTemplate() != null) {
                throw new UnsupportedException(
                        "No template is set, and the one inside the tokenizer cannot be read yet. Set"
                                + " template to the model's own, or to \"empty\" to render messages without anything around them.");
            }
            LOG.warn(
                    "No template is set and the tokenizer has none: template \"empty\" writes messages without anything"
                            + " around them.");
            name = NO_TEMPLATE;
        }
        return TemplateCatalog.named(name).with(request.rendering().options());
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
