package dev.finetune4j.data.format;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Watches rows go by and complains at their end: about mapped columns that not one of them had, because a slip in the
 * catalog would otherwise turn the column off without a word, and where there was no row at all.
 */
public final class ColumnCheck {
    private ColumnCheck() {}

    /**
     * The same rows, with the checks behind the last of them.
     *
     * @return a data set that throws {@link DataException} when it is iterated to an end that is not right
     */
    public static Dataset<Row> over(Dataset<Row> rows, DatasetFormat format, DatasetEntry entry) {
        List<String> needed = format.neededColumns(entry);
        return Dataset.from(() -> new Watching(rows.iterator(), needed, entry), rows.size());
    }

    private static final class Watching extends LookaheadCursor<Row> {
        private final Cursor<Row> rows;
        private final List<String> unseen;
        private final DatasetEntry entry;
        private final Set<String> present = new TreeSet<>();
        private boolean any;

        Watching(Cursor<Row> rows, List<String> needed, DatasetEntry entry) {
            this.rows = rows;
            this.unseen = new ArrayList<>(needed);
            this.entry = entry;
        }

        @Override
        protected @Nullable Row advance() {
            if (rows.hasNext()) {
                Row row = rows.next();
                any = true;
                if (!unseen.isEmpty()) {
                    unseen.removeIf(row.values()::containsKey);
                    present.addAll(row.values().keySet());
                }
                return row;
            }
            if (!any) {
                throw new DataException(
                        entry.origin().text(),
                        "Data set \"" + entry.name() + "\" has no rows. Leave it out, or correct its file_name.");
            }
            if (!unseen.isEmpty() && !present.isEmpty()) {
                String missing = unseen.get(0);
                throw new DataException(
                        entry.origin().text(),
                        "No row has the column \"" + missing + "\", which data set \"" + entry.name() + "\" maps."
                                + Nearest.sentence(missing, present) + " Columns there: " + String.join(", ", present)
                                + ". Correct the entry's columns.");
            }
            return null;
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
