package dev.finetune4j.data.cache;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowFolder;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows that an earlier run encoded, or that Python's tools did. */
public final class KeptRows {
    private static final Logger LOG = LoggerFactory.getLogger(KeptRows.class);

    /** The table of a folder without splits, and the split of that name. */
    public static final String TRAIN = "train";

    private final Path folder;
    private final CacheKey key;
    private final SampleLayout.Kind kind;
    private final OptionalInt unlearned;

    /**
     * @param stage that the rows are for
     * @param unlearned token of plain text that is not learned; the rest of such text is, and has no labels in a table
     */
    public KeptRows(Path folder, CacheKey key, String stage, OptionalInt unlearned) {
        this.folder = folder;
        this.key = key;
        this.kind = SampleLayout.Kind.ofStage(stage);
        this.unlearned = unlearned;
    }

    /**
     * The rows by split; empty where there are none yet.
     *
     * @throws DataException if the folder holds something else, or rows that were made of or by something else; the message
     *     says of what
     */
    public Optional<Map<String, EncodedRows>> open() {
        if (Manifest.isFree(folder)) {
            return Optional.empty();
        }
        Path manifest = folder.resolve(Manifest.FILE);
        if (Files.isRegularFile(manifest)) {
            return Optional.of(own(Manifest.read(manifest, Manifest.class)));
        }
        Manifest.refuseForeign(folder);
        LOG.warn(
                "{} was not written by finetune4j, and nothing in it says of which data, tokenizer and template its rows"
                        + " were made. They are taken as they are.",
                folder);
        return Optional.of(foreign());
    }

    private Map<String, EncodedRows> own(Manifest manifest) {
        List<String> differences = manifest.key().differences(key);
        if (!differences.isEmpty()) {
            throw new DataException(
                    folder.toString(),
                    "Its rows were encoded for other settings or data: " + String.join("; ", differences)
                            + ". Set overwrite_cache: true to make them anew, or give another tokenized_path.");
        }
        Map<String, EncodedRows> rows = new LinkedHashMap<>();
        SampleLayout layout = new SampleLayout(kind, manifest.packed(), Padding.own(unlearned));
        manifest.splits().forEach((name, part) -> {
            CutReport report = new CutReport();
            report.add(part.report());
            rows.put(
                    name,
                    new EncodedRows(SampleTable.written(folder.resolve(name), layout, part.statistics()), report));
        });
        LOG.info("{}: the rows that an earlier run encoded", folder);
        return rows;
    }

    private Map<String, EncodedRows> foreign() {
        List<String> splits = ArrowFolder.splits(folder);
        Map<String, EncodedRows> rows = new LinkedHashMap<>();
        if (splits.isEmpty()) {
            rows.put(TRAIN, new EncodedRows(SampleTable.foreign(folder, kind, unlearned), new CutReport()));
        }
        for (String split : splits) {
            rows.put(
                    split,
                    new EncodedRows(SampleTable.foreign(folder.resolve(split), kind, unlearned), new CutReport()));
        }
        return rows;
    }
}
