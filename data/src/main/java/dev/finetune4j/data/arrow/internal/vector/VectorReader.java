package dev.finetune4j.data.arrow.internal.vector;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.internal.ArrowField;
import dev.finetune4j.data.arrow.internal.FieldType;
import dev.finetune4j.data.arrow.internal.FieldType.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Lays columns over the body of a record batch. Nodes and buffers come depth first: per column its length and nulls, its
 * validity bits, its offsets or values, then its children.
 */
public final class VectorReader {
    /** Columns that need no bytes can claim any length; this many rows are believed without bytes to show for them. */
    private static final long LENGTH_WITHOUT_BYTES = 1L << 24;

    private final String file;
    private final RecordBatch batch;
    private final ByteBuffer body;
    private final Map<Long, Vector> dictionaries;
    private int node;
    private int buffer;

    /**
     * @param file for messages
     * @param dictionaries values of dictionary columns, by their number
     */
    public VectorReader(String file, RecordBatch batch, ByteBuffer body, Map<Long, Vector> dictionaries) {
        this.file = file;
        this.batch = batch;
        this.body = body;
        this.dictionaries = dictionaries;
    }

    /** One vector a field; each has at least as many values as the batch has rows. */
    public List<Vector> read(List<ArrowField> fields) {
        List<Vector> columns = new ArrayList<>();
        for (ArrowField field : fields) {
            Vector column = read(field);
            if (column.length() < batch.length()) {
                throw column.extent.damaged("it has " + column.length() + " values for " + batch.length() + " rows.");
            }
            columns.add(column);
        }
        return columns;
    }

    private Vector read(ArrowField field) {
        ArrowField.Coding coding = field.dictionary();
        if (coding == null) {
            return plain(field);
        }
        Extent extent = extent(field.name(), true);
        FixedVector indices = fixed(extent, coding.index());
        Vector values = dictionaries.get(coding.id());
        if (values == null) {
            throw extent.damaged("its dictionary " + coding.id() + " does not come before it.");
        }
        return new DictionaryVector(extent, indices, values);
    }

    private Vector plain(ArrowField field) {
        Kind kind = field.type().kind();
        Extent extent = extent(field.name(), kind != Kind.NULL);
        return switch (kind) {
            case NULL -> new Vector.Nothing(extent);
            case TEXT, BINARY -> {
                Offsets offsets = offsets(extent, field.type().size());
                yield new BytesVector(extent, offsets, next(extent, 0), kind == Kind.TEXT);
            }
            case FIXED_BINARY -> {
                int size = field.type().size();
                ByteBuffer data = next(extent, (long) size * extent.length());
                yield new BytesVector(extent, new Offsets(data, 0, size), data, false);
            }
            case LIST -> {
                Offsets offsets = offsets(extent, field.type().size());
                yield new ListVector(extent, offsets, read(field.children().get(0)));
            }
            case FIXED_LIST ->
                new ListVector(
                        extent,
                        new Offsets(body, 0, field.type().size()),
                        read(field.children().get(0)));
            case STRUCT -> struct(field, extent);
            default -> fixed(extent, field.type());
        };
    }

    private Vector struct(ArrowField field, Extent extent) {
        List<String> names = new ArrayList<>();
        List<Vector> parts = new ArrayList<>();
        for (ArrowField child : field.children()) {
            Vector part = read(child);
            if (part.length() < extent.length()) {
                throw extent.damaged("its part \"" + child.name() + "\" is shorter than itself.");
            }
            names.add(child.name());
            parts.add(part);
        }
        return new StructVector(extent, names, parts);
    }

    private FixedVector fixed(Extent extent, FieldType type) {
        long needed = switch (type.kind()) {
            case BOOL -> bytesOfBits(extent.length());
            default -> (long) type.size() * extent.length();
        };
        return new FixedVector(extent, type, next(extent, needed));
    }

    private Offsets offsets(Extent extent, int width) {
        // A column without values may leave out its single offset.
        long needed = extent.length() == 0 ? 0 : (extent.length() + 1L) * width;
        return new Offsets(next(extent, needed), width, 0);
    }

    private Extent extent(String column, boolean hasValidity) {
        if (node >= batch.nodesLength()) {
            throw new DataException(
                    file,
                    "A record batch describes " + batch.nodesLength() + " columns, fewer than the schema. The file is"
                            + " damaged.");
        }
        FieldNode described = batch.nodes(node++);
        long length = described.length();
        long most = Math.max(LENGTH_WITHOUT_BYTES, (long) Byte.SIZE * body.capacity());
        if (length < 0 || length > Math.min(most, Integer.MAX_VALUE - 1)) {
            throw new DataException(
                    file,
                    "Column \"" + column + "\" claims " + length + " values in a batch of " + body.capacity()
                            + " bytes. The file is damaged.");
        }
        Extent all = new Extent(file, column, (int) length, null);
        return hasValidity ? new Extent(file, column, (int) length, validity(all, described.nullCount())) : all;
    }

    private @Nullable ByteBuffer validity(Extent extent, long nulls) {
        ByteBuffer bits = next(extent, 0);
        if (nulls == 0) {
            return null;
        }
        if (bits.capacity() < bytesOfBits(extent.length())) {
            throw extent.damaged("it has " + nulls + " nulls, but does not say which.");
        }
        return bits;
    }

    private static long bytesOfBits(int bits) {
        return (bits + 7L) / Byte.SIZE;
    }

    private ByteBuffer next(Extent extent, long needed) {
        if (buffer >= batch.buffersLength()) {
            throw extent.damaged("the batch has too few buffers.");
        }
        Buffer place = batch.buffers(buffer++);
        long offset = place.offset();
        long length = place.length();
        if (offset < 0 || length < 0 || offset > body.capacity() - length) {
            throw extent.damaged("a buffer lies outside of its batch.");
        }
        if (length < needed) {
            throw extent.damaged("a buffer of " + length + " bytes should have " + needed + ".");
        }
        return body.slice((int) offset, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
