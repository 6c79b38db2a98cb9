package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.cache.CacheKey;
import dev.finetune4j.data.cache.KeptRows;
import dev.finetune4j.data.cache.RowKeeper;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.check.DataCheck;
import dev.finetune4j.data.check.Preview;
import dev.finetune4j.data.check.SetCheck;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TokenizerFit;
import dev.finetune4j.data.template.derived.TemplateChoice;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Opens the data of one request: finds the rows, divides them, and encodes them or finds them encoded. */
final class DataOpening {
    private static final String VALIDATION = "validation";

    private final DataRequest request;
    private final Template template;
    private final Tokenizer tokenizer;
    private final SetEncoding encoding;

    DataOpening(DataRequest request, Tokenizer original) {
        this.request = request;
        DataRequest.Rendering rendering = request.rendering();
        this.template = TemplateChoice.of(rendering.template(), rendering.options(), original);
        this.tokenizer = TokenizerFit.fit(original, template);
        TemplateChoice.compare(template, original, tokenizer);
        this.encoding = new SetEncoding(request, Encoders.of(request, template, tokenizer));
    }

    /** @param held data sets that the program has, by name */
    TrainingData open(Map<String, Dataset<Reading>> held) {
        RowSource source = new RowSource(request, held);
        DataRequest.Cache cache = request.handling().cache();
        if (cache == null) {
            return encode(train(source), evaluation(source));
        }
        CacheKey key = CacheKeys.of(request, entries(source), request.sources().hub(), template, tokenizer);
        OptionalInt unlearned =
                request.rendering().masking().likeLlamaFactory() ? tokenizer.padId() : OptionalInt.empty();
        KeptRows kept = new KeptRows(cache.folder(), key, request.stage(), unlearned);
        Optional<Map<String, EncodedRows>> ready = cache.overwrite() ? Optional.empty() : kept.open();
        if (ready.isPresent()) {
            return data(ready.get());
        }
        keep(keeper(cache, key), source);
        return data(kept.open().orElseThrow());
    }

    private RowKeeper keeper(DataRequest.Cache cache, CacheKey key) {
        if (!SetEncoding.isPacked(request)) {
            return new RowKeeper(cache.folder(), cache.overwrite(), key, request.stage());
        }
        int pad = tokenizer.padId().orElse(0);
        return RowKeeper.ofPacks(
                cache.folder(),
                cache.overwrite(),
                key,
                request.rendering().limit().tokens(),
                pad);
    }

    private List<DatasetEntry> entries(RowSource source) {
        List<DatasetEntry> entries =
                new ArrayList<>(source.entries(request.sources().train()));
        entries.addAll(source.entries(request.sources().evaluation()));
        return entries;
    }

    private void keep(RowKeeper keeper, RowSource source) {
        Parts parts = Parts.of(request, train(source), evaluation(source));
        encoding.keep(keeper, KeptRows.TRAIN, parts.train().apply(0), name());
        parts.evaluation().forEach((set, rows) -> {
            String split = set.equals(TrainingData.EVALUATION) ? VALIDATION : VALIDATION + "_" + set;
            encoding.keep(keeper, split, rows, "evaluation set " + set);
        });
        keeper.finish();
    }

    /** What lies in a folder of encoded rows, under the names of this library. */
    private TrainingData data(Map<String, EncodedRows> splits) {
        EncodedRows train = splits.get(KeptRows.TRAIN);
        if (train == null) {
            throw new DataException(
                    "tokenized_path",
                    "The folder has the splits " + String.join(", ", splits.keySet()) + ", and none of them is "
                            + KeptRows.TRAIN + ". Give another folder.");
        }
        Map<String, EncodedRows> evaluation = new LinkedHashMap<>();
        splits.forEach((split, rows) -> {
            if (split.equals(VALIDATION)) {
                evaluation.put(TrainingData.EVALUATION, rows);
            } else if (split.startsWith(VALIDATION + "_")) {
                evaluation.put(split.substring(VALIDATION.length() + 1), rows);
            }
        });
        if (train.report().rows() > 0) {
            encoding.require(train, name());
            evaluation.forEach((set, rows) -> encoding.require(rows, "evaluation set " + set));
        }
        return new TrainingData(tokenizer, template, train, evaluation);
    }

    TrainingData encode(Dataset<Reading> train, Map<String, Dataset<Reading>> evaluation) {
        Parts parts = Parts.of(request, train, evaluation);
        DataRequest.Stream stream = request.handling().stream();
        EncodedRows rows = stream == null
                ? encoding.encode(parts.train().apply(0), name())
                : encoding.stream(parts.train(), stream.rows(), name());
        Map<String, EncodedRows> encoded = new LinkedHashMap<>();
        parts.evaluation().forEach((set, own) -> encoded.put(set, encoding.encode(own, "evaluation set " + set)));
        return new TrainingData(tokenizer, template, rows, encoded);
    }

    List<Preview> preview(Map<String, Dataset<Reading>> held, int most) {
        RowSource source = new RowSource(request, held);
        Dataset<Reading> rows =
                Parts.of(request, train(source), Map.of()).train().apply(0);
        List<Preview> previews = new ArrayList<>();
        for (Sample sample : encoding.first(rows, most, name())) {
            previews.add(Preview.of(sample, tokenizer));
        }
        return previews;
    }

    /**
     * @param held data sets that the program has, by name; they are encoded, but not looked at one by one
     * @param wish what a run would do about rows that cannot be used
     */
    DataCheck check(Map<String, Dataset<Reading>> held, DataRequest.InvalidRows wish) {
        RowSource source = new RowSource(request, held);
        List<SetCheck> sets = new ArrayList<>();
        List<String> names = new ArrayList<>(request.sources().train());
        names.addAll(request.sources().evaluation());
        for (String name : names.stream().distinct().toList()) {
            if (!held.containsKey(name)) {
                sets.add(source.check(name));
            }
        }
        try (EncodedRows rows = encoding.encode(train(source), name())) {
            Preview first = Preview.of(rows.sample(0), tokenizer);
            return new DataCheck(sets, rows.report(), List.of(first), complaint(rows.report(), wish));
        } catch (FineTuneException e) {
            return new DataCheck(sets, new CutReport(), List.of(), String.valueOf(e.getMessage()));
        }
    }

    /** What a run would say of the rows that cannot be used; empty where it would go on. */
    private String complaint(CutReport report, DataRequest.InvalidRows wish) {
        InvalidRowCheck check = new InvalidRowCheck(wish, name());
        try {
            check.soFar(report, false);
            check.all(report);
            return "";
        } catch (DataException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String name() {
        return String.join(",", request.sources().train());
    }

    private Dataset<Reading> train(RowSource source) {
        return mix(source.open(request.sources().train()));
    }

    private Map<String, Dataset<Reading>> evaluation(RowSource source) {
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
            sets.put(TrainingData.EVALUATION, mix(opened));
            return sets;
        }
        List<String> distinct = names.stream().distinct().toList();
        for (int i = 0; i < opened.size(); i++) {
            sets.put(distinct.get(i), opened.get(i));
        }
        return sets;
    }

    private Dataset<Reading> mix(List<Dataset<Reading>> sets) {
        DataRequest.Sampling sampling = request.sources().sampling();
        return sampling.mix().of(sets, sampling.seed());
    }
}
