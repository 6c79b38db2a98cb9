package dev.finetune4j.data;

import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.DatasetFormat;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.Row;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
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
        DatasetFormat format = DatasetFormat.named(entry.formatting());
        format.check(entry);
        return Dataset.from(
                () -> {
                    Iterator<? extends Map<String, ? extends @Nullable Object>> iterator = rows.iterator();
                    return new Cursor<Reading>() {
                        private long number;

                        @Override
                        public boolean hasNext() {
                            return iterator.hasNext();
                        }

                        @Override
                        public Reading next() {
                            Row row = new Row(iterator.next(), Provenance.inMemory(entry.name(), number++));
                            return format.read(row, entry);
                        }
                    };
                },
                OptionalLong.empty());
    }

    /** Conversations as they are. */
    public static Dataset<Reading> ofConversations(Iterable<Conversation> conversations) {
        return Dataset.of(conversations).map(Reading::of);
    }
}
