package dev.finetune4j.data;

import dev.finetune4j.data.batch.Encoding;
import dev.finetune4j.data.batch.GroupEncoder;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import java.util.ArrayList;
import java.util.List;

/** Encodes the sets of one request, each to its end. */
final class SetEncoding {
    private final DataRequest.Handling handling;
    private final GroupEncoder encoder;

    SetEncoding(DataRequest request, GroupEncoder encoder) {
        this.handling = request.handling();
        this.encoder = encoder;
    }

    /**
     * @param name what the rows are called in a message
     * @throws dev.finetune4j.core.error.DataException if too few rows are left, or nothing to learn from
     */
    EncodedRows encode(Dataset<Reading> rows, String name) {
        InvalidRowCheck check = new InvalidRowCheck(handling.invalid(), name);
        List<Sample> samples = new ArrayList<>();
        CutReport report = new CutReport();
        new Encoding(encoder, workers()).run(Grouping.of(rows, handling.groups()), name, report, group -> {
            check.soFar(report);
            samples.addAll(group);
        });
        check.all(report);
        return EncodedRows.of(samples, report);
    }

    private int workers() {
        Integer wanted = handling.groups().workers();
        return wanted == null ? Runtime.getRuntime().availableProcessors() : wanted;
    }
}
