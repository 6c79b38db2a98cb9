package dev.finetune4j.data.source;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.internal.ByteWindow;
import dev.finetune4j.data.source.internal.StrictReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Comma- or tab-separated values. The first line names the columns; quoted values may hold separators, quotes written twice,
 * and line ends. An empty cell is null. Values are texts and stay texts.
 */
public final class CsvReader implements RecordReader {
    private static final int MOST_CHARACTERS = ByteWindow.LONGEST_ROW / 4;

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("csv", "tsv");
    }

    @Override
    public Cursor<Row> open(DataFile file, String dataset) {
        char separator = file.extension().equals("tsv") ? '\t' : ',';
        return new Records(file, dataset, separator);
    }

    private static final class Records extends LookaheadCursor<Row> {
        private final DataFile file;
        private final String dataset;
        private final Reader reader;
        private final de.siegmar.fastcsv.reader.CsvReader<CsvRecord> csv;
        private final java.util.Iterator<CsvRecord> records;
        private final List<String> header;
        private long row;

        Records(DataFile file, String dataset, char separator) {
            this.file = file;
            this.dataset = dataset;
            this.reader = new StrictReader(file.name(), file.open());
            this.csv = de.siegmar.fastcsv.reader.CsvReader.builder()
                    .fieldSeparator(separator)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .skipEmptyLines(true)
                    .allowUnclosedQuote(false)
                    .maxBufferSize(MOST_CHARACTERS)
                    .build(
                            CsvRecordHandler.builder()
                                    .maxFieldSize(MOST_CHARACTERS)
                                    .maxRecordSize(MOST_CHARACTERS)
                                    .build(),
                            reader);
            this.records = csv.iterator();
            this.header = header();
        }

        private List<String> header() {
            CsvRecord first = next(0);
            if (first == null) {
                throw new DataException(file.name(), "The file is empty. Its first line must name the columns.");
            }
            Set<String> seen = new HashSet<>();
            for (String name : first.getFields()) {
                if (name.isEmpty() || !seen.add(name)) {
                    throw new DataException(
                            file.name() + ":1",
                            "The first line must name the columns, each once; "
                                    + (name.isEmpty() ? "one name is empty." : "\"" + name + "\" stands twice."));
                }
            }
            return List.copyOf(first.getFields());
        }

        @Override
        protected @Nullable Row advance() {
            CsvRecord record = next(row + 1);
            if (record == null) {
                return null;
            }
            int line = (int) Math.min(Integer.MAX_VALUE, record.getStartingLineNumber());
            if (record.getFieldCount() != header.size()) {
                throw new DataException(
                        file.name() + ":" + line,
                        "The row has " + record.getFieldCount() + " values for " + header.size() + " columns ("
                                + String.join(", ", header) + "). Is a separator or quote missing? Found: "
                                + excerpt(record));
            }
            return new Row(values(record), new Provenance(dataset, file.name(), row++, line));
        }

        private Map<String, @Nullable Object> values(CsvRecord record) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (int i = 0; i < header.size(); i++) {
                String value = record.getField(i);
                values.put(header.get(i), value.isEmpty() ? null : value);
            }
            return values;
        }

        private static String excerpt(CsvRecord record) {
            String joined = String.join(" | ", record.getFields()).replaceAll("\\p{Cntrl}", " ");
            return joined.substring(0, Math.min(joined.length(), 80));
        }

        private @Nullable CsvRecord next(long number) {
            try {
                return records.hasNext() ? records.next() : null;
            } catch (CsvParseException e) {
                Throwable deepest = e.getCause() == null ? e : e.getCause();
                if (deepest instanceof DataException known) {
                    throw known;
                }
                throw new DataException(
                        file.name(),
                        "Record " + number + " (0 is the header) cannot be read: " + deepest.getMessage()
                                + ". A record may have at most " + MOST_CHARACTERS
                                + " characters; is a closing quote missing?",
                        e);
            } catch (UncheckedIOException e) {
                throw new DataException(file.name(), "The file cannot be read: " + e.getMessage() + ".", e);
            }
        }

        @Override
        public void close() {
            try {
                csv.close();
            } catch (IOException e) {
                throw new DataException(file.name(), "The file cannot be closed: " + e.getMessage() + ".", e);
            }
        }
    }
}
