package dev.finetune4j.data.arrow;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.data.arrow.internal.ArrowBatch;
import dev.finetune4j.data.arrow.internal.ArrowField;
import dev.finetune4j.data.arrow.internal.ArrowFile;
import dev.finetune4j.data.arrow.internal.ArrowSchema;
import dev.finetune4j.data.arrow.internal.vector.BytesVector;
import dev.finetune4j.data.arrow.internal.vector.DictionaryVector;
import dev.finetune4j.data.arrow.internal.vector.FixedVector;
import dev.finetune4j.data.arrow.internal.vector.ListVector;
import dev.finetune4j.data.arrow.internal.vector.Vector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one or more Arrow files by their number, without reading the files: a row costs a search among the batches and a
 * copy of its values out of mapped memory. Immutable, thread-safe, and holds no file open.
 */
public final class ArrowTable {
    private final String name;
    private final ArrowSchema schema;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<ArrowBatch> batches = new ArrayList<>();
    private final int[] ends;

    private ArrowTable(String name, List<Path> files) {
        this.name = name;
        this.schema = index(files);
        for (ArrowField field : schema.fields()) {
            places.put(field.name(), places.size());
        }
        this.ends = new int[batches.size()];
        long rows = 0;
        for (int i = 0; i < ends.length; i++) {
            rows += batches.get(i).rows();
            if (rows > Integer.MAX_VALUE) {
                throw new DataException(name, "There are more than 2147483647 rows. Split the table.");
            }
            ends[i] = (int) rows;
        }
    }

    /**
     * Opens a folder as {@code save_to_disk} writes it, or a single file.
     *
     * @throws DataException if it is neither, or a folder of several splits; see {@link ArrowFolder#splits}
     * @throws dev.finetune4j.core.error.UnsupportedException if a column has a type that is not read
     */
    public static ArrowTable open(Path location) {
        List<Path> files = Files.isDirectory(location) ? ArrowFolder.files(location) : List.of(location);
        return new ArrowTable(location.toString(), files);
    }

    private ArrowSchema index(List<Path> files) {
        ArrowSchema first = null;
        for (Path path : files) {
            ArrowFile file = new ArrowFile(path, path.toString());
            if (first == null) {
                first = file.schema();
            } else if (!file.schema().fields().equals(first.fields())) {
                throw new DataException(path.toString(), "Its columns are not those of " + files.get(0) + ".");
            }
            file.forEachRemaining(batches::add);
        }
        return Objects.requireNonNull(first, "a table has at least one file");
    }

    /** Number of rows. */
    public int count() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /** Names of the columns, in their order. */
    public List<String> columns() {
        return List.copyOf(places.keySet());
    }

    public boolean has(String column) {
        return places.containsKey(column);
    }

    /** What the writer noted beside the columns; {@code datasets} keeps its features under {@code huggingface}. */
    public Map<String, String> metadata() {
        return schema.metadata();
    }

    public boolean isNull(String column, int row) {
        Cell cell = cell(column, row);
        return cell.vector.isNull(cell.index);
    }

    /** A list of whole numbers, each of which fits 32 bits. */
    public int[] ints(String column, int row) {
        Cell cell = present(column, row);
        int[] values = cell.vector instanceof ListVector list ? list.ints(cell.index) : null;
        return found(values, cell, "a list of whole numbers");
    }

    /** Elements of a list, without reading them. */
    public int length(String column, int row) {
        Cell cell = present(column, row);
        Integer length = cell.vector instanceof ListVector list ? list.end(cell.index) - list.start(cell.index) : null;
        return found(length, cell, "a list");
    }

    /** A list of whole numbers. */
    public long[] longs(String column, int row) {
        Cell cell = present(column, row);
        long[] values = cell.vector instanceof ListVector list ? list.longs(cell.index) : null;
        return found(values, cell, "a list of whole numbers");
    }

    /** A list of 8-bit numbers, or binary data. */
    public byte[] bytes(String column, int row) {
        Cell cell = present(column, row);
        byte[] values = null;
        if (cell.vector instanceof ListVector list) {
            values = list.bytes(cell.index);
        } else if (cell.vector instanceof BytesVector bytes) {
            values = bytes.bytes(cell.index);
        }
        return found(values, cell, "a list of 8-bit numbers");
    }

    public String text(String column, int row) {
        Cell cell = present(column, row);
        return found(cell.vector.value(cell.index) instanceof String text ? text : null, cell, "a text");
    }

    public List<String> texts(String column, int row) {
        Cell cell = present(column, row);
        if (!(cell.vector instanceof ListVector list)
                || !(list.elements() instanceof BytesVector words)
                || !words.isText()) {
            throw cell.is("not a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (int i = list.start(cell.index); i < list.end(cell.index); i++) {
            if (words.isNull(i)) {
                throw cell.is("a list that holds a null");
            }
            texts.add(words.text(i));
        }
        return texts;
    }

    public boolean flag(String column, int row) {
        Cell cell = present(column, row);
        return found(cell.vector.value(cell.index) instanceof Boolean flag ? flag : null, cell, "true or false");
    }

    /** A whole number. */
    public long number(String column, int row) {
        Cell cell = present(column, row);
        boolean whole = cell.vector instanceof FixedVector fixed && fixed.isWhole();
        return found(whole ? ((FixedVector) cell.vector).number(cell.index) : null, cell, "a whole number");
    }

    /** Any value as in JSON: text, number, boolean, list, map, null; bytes are {@code byte[]}. */
    public @Nullable Object value(String column, int row) {
        Cell cell = cell(column, row);
        return cell.vector.value(cell.index);
    }

    /** All values of a row, by column. */
    public Map<String, @Nullable Object> row(int row) {
        int batch = batchOf(row);
        return values(schema, batches.get(batch), row - start(batch));
    }

    static Map<String, @Nullable Object> values(ArrowSchema schema, ArrowBatch batch, int index) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        List<Vector> columns = batch.columns();
        for (int i = 0; i < columns.size(); i++) {
            values.put(schema.fields().get(i).name(), columns.get(i).value(index));
        }
        return values;
    }

    private int batchOf(int row) {
        Objects.checkIndex(row, count());
        int found = Arrays.binarySearch(ends, row + 1);
        int batch = found < 0 ? -found - 1 : found;
        // Empty batches share an end with the one before them.
        while (batch > 0 && ends[batch - 1] > row) {
            batch--;
        }
        return batch;
    }

    private int start(int batch) {
        return batch == 0 ? 0 : ends[batch - 1];
    }

    private Cell cell(String column, int row) {
        Integer place = places.get(column);
        if (place == null) {
            throw new DataException(
                    name,
                    "There is no column \"" + column + "\"." + Nearest.sentence(column, places.keySet()) + " Columns: "
                            + String.join(", ", places.keySet()) + ".");
        }
        int batch = batchOf(row);
        Vector vector = batches.get(batch).columns().get(place);
        int index = row - start(batch);
        while (vector instanceof DictionaryVector coded && !coded.isNull(index)) {
            index = coded.place(index);
            vector = coded.values();
        }
        return new Cell(vector, index, column, row);
    }

    private Cell present(String column, int row) {
        Cell cell = cell(column, row);
        if (cell.vector.isNull(cell.index)) {
            throw cell.is("null here");
        }
        return cell;
    }

    private static <T> T found(@Nullable T value, Cell cell, String wanted) {
        if (value == null) {
            throw cell.is("not " + wanted);
        }
        return value;
    }

    private final class Cell {
        private final Vector vector;
        private final int index;
        private final String column;
        private final int row;

        Cell(Vector vector, int index, String column, int row) {
            this.vector = vector;
            this.index = index;
            this.column = column;
            this.row = row;
        }

        DataException is(String what) {
            ArrowField field = schema.fields().get(Objects.requireNonNull(places.get(column)));
            return new DataException(
                    name + " row " + row, "Column \"" + column + "\" of type " + field + " is " + what + ".");
        }
    }
}
