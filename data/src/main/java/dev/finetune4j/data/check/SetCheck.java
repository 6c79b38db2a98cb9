package dev.finetune4j.data.check;

import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.DatasetFormat;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one data set holds and how its catalog entry fits.
 *
 * @param name in the catalog
 * @param formatting of the entry
 * @param rows looked at
 * @param usable rows that the entry makes conversations of
 * @param columns rows in which each column has something
 * @param roles who speaks in the messages, with counts; empty where there are none
 * @param reasons why rows are left out, the most frequent first
 * @param fault what is wrong with the entry as a whole; empty where nothing is
 * @param proposal a layout that makes conversations of more rows, as JSON for the catalog; null where the entry's is right
 * @param proposalUsable rows that the proposal makes conversations of
 */
public record SetCheck(
        String name,
        String formatting,
        long rows,
        long usable,
        Map<String, Long> columns,
        Map<String, Long> roles,
        List<CutReport.Reason> reasons,
        String fault,
        @Nullable String proposal,
        long proposalUsable) {
    /**
     * Looks at rows.
     *
     * @param rows of the set, read once
     * @param stage that is to learn from them
     */
    public static SetCheck of(DatasetEntry entry, Dataset<Row> rows, String stage) {
        List<Row> all = new ArrayList<>();
        RowProfile profile = new RowProfile();
        String fault = "";
        try (Cursor<Row> cursor = rows.iterator()) {
            while (cursor.hasNext()) {
                Row row = cursor.next();
                profile.add(row);
                all.add(row);
            }
        } catch (FineTuneException e) {
            fault = String.valueOf(e.getMessage());
        }
        CutReport report = new CutReport();
        long usable = 0;
        try {
            usable = usable(entry, all, report, stage);
        } catch (FineTuneException e) {
            fault = fault.isEmpty() ? String.valueOf(e.getMessage()) : fault;
        }
        Optional<LayoutGuess> guess = LayoutGuess.of(profile);
        long better = guess.isEmpty() ? 0 : usable(guess.get().over(entry), all, new CutReport(), stage);
        return new SetCheck(
                entry.name(),
                entry.formatting(),
                profile.rows(),
                usable,
                profile.filled(),
                roles(entry, guess, profile),
                report.reasons(),
                fault,
                better > usable ? guess.get().json() : null,
                better);
    }

    /** A set whose description cannot even be read. */
    public static SetCheck faulty(String name, String fault) {
        return new SetCheck(name, "", 0, 0, Map.of(), Map.of(), List.of(), fault, null, 0);
    }

    private static long usable(DatasetEntry entry, List<Row> rows, CutReport report, String stage) {
        DatasetFormat format = DatasetFormat.named(entry.formatting());
        format.check(entry);
        long usable = 0;
        for (Row row : rows) {
            Rejection rejection = rejection(format.read(row, entry), stage);
            if (rejection == null) {
                usable++;
            } else {
                report.rejected(rejection);
            }
        }
        return usable;
    }

    private static @Nullable Rejection rejection(Reading reading, String stage) {
        if (reading instanceof Reading.Rejected rejected) {
            return rejected.rejection();
        }
        Conversation conversation = ((Reading.Accepted) reading).conversation();
        boolean spoken = conversation.messages().stream()
                .anyMatch(message -> !message.content().isBlank());
        if (!spoken) {
            return new Rejection(reading.provenance(), "", "no message has a text", "");
        }
        boolean answers = !stage.equals("sft") || conversation.isAnswered();
        return answers ? null : new Rejection(reading.provenance(), "", "no answer to learn from", "");
    }

    private static Map<String, Long> roles(DatasetEntry entry, Optional<LayoutGuess> guess, RowProfile profile) {
        String column = guess.map(layout -> layout.columns().get("messages"))
                .orElse(entry.columns().messages());
        RowProfile.Column messages = column == null ? null : profile.columns().get(column);
        String role = guess.map(layout -> layout.tags().get("role_tag"))
                .orElse(entry.tags().role());
        return messages == null || role == null
                ? Map.of()
                : new LinkedHashMap<>(messages.messages().values(role));
    }
}
