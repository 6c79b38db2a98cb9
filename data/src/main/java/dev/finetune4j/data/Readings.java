package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.DatasetFormat;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.QueryRows;
import dev.finetune4j.data.source.Row;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Rows that a program already has, as a run takes them. The source is iterated anew for each pass. */
public final class Readings {
    private Readings() {}

    /**
     * Plain maps, read like rows of a file.
     *
     * @param entry name, format, columns and tags; see {@link DatasetEntry#inMemory}
     */
    public static Dataset<Reading> ofRows(
            Iterable<? extends Map<String, ? extends @Nullable Object>> rows, DatasetEntry entry) {
        return read(Dataset.from(() -> numbered(rows.iterator(), entry), OptionalLong.empty()), entry);
    }

    /**
     * Plain maps that come once, such as those of a message queue. A second pass, which several epochs or counting need, is an
     * error; collect the stream into a list where it is wanted.
     */
    public static Dataset<Reading> ofStream(
            Stream<? extends Map<String, ? extends @Nullable Object>> rows, DatasetEntry entry) {
        AtomicBoolean consumed = new AtomicBoolean();
        Dataset<Row> once = Dataset.from(
                () -> {
                    if (consumed.getAndSet(true)) {
                        throw new DataException(
                                "data set \"" + entry.name() + "\"",
                                "A stream gives its rows once, and they are asked for again. Collect them into a list,"
                                        + " or give an Iterable that starts anew.");
                    }
                    return numbered(rows.iterator(), entry);
                },
                OptionalLong.empty());
        return read(once, entry);
    }

    /**
     * Rows of a database query, fetched as they are asked for; each pass runs the query again.
     *
     * @param sql with an order, so that every pass has the same
     */
    public static Dataset<Reading> ofQuery(DataSource source, String sql, DatasetEntry entry) {
        return read(QueryRows.of(source, sql, entry.name()), entry);
    }

    private static Dataset<Reading> read(Dataset<Row> rows, DatasetEntry entry) {
        DatasetFormat format = DatasetFormat.named(entry.formatting());
        format.check(entry);
        return rows.map(row -> format.read(row, entry));
    }

    private static Cursor<Row> numbered(
            Iterator<? extends Map<String, ? extends @Nullable Object>> rows, DatasetEntry entry) {
        return new Cursor<>() {
            private long number;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                return new Row(rows.next(), Provenance.inMemory(entry.name(), number++));
            }
        };
    }

    /** Conversations as they are. */
    public static Dataset<Reading> ofConversations(Iterable<Conversation> conversations) {
        return Dataset.of(conversations).map(Reading::of);
    }
}
