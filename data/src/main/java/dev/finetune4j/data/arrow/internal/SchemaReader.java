package dev.finetune4j.data.arrow.internal;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.arrow.internal.FieldType.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.jspecify.annotations.Nullable;

/** Reads a schema message; names the column whose type is not read here. */
final class SchemaReader {
    private static final int DEEPEST = 64;
    private static final int MOST_FIELDS = 10_000;
    private static final long THOUSAND = 1000;

    private final String file;
    private int fields;

    SchemaReader(String file) {
        this.file = file;
    }

    ArrowSchema read(Schema schema) {
        if (schema.endianness() != Endianness.Little) {
            throw new UnsupportedException(
                    file + ": The file is big-endian. Write it again on a little-endian machine.");
        }
        List<ArrowField> columns = new ArrayList<>();
        for (int i = 0; i < schema.fieldsLength(); i++) {
            columns.add(field(schema.fields(i), "", 0));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = 0; i < schema.customMetadataLength(); i++) {
            KeyValue pair = schema.customMetadata(i);
            metadata.put(Objects.toString(pair.key(), ""), Objects.toString(pair.value(), ""));
        }
        return new ArrowSchema(columns, metadata);
    }

    private ArrowField field(Field field, String parent, int depth) {
        String name = Objects.toString(field.name(), "");
        String path = parent.isEmpty() ? name : parent + "." + name;
        if (depth > DEEPEST || ++fields > MOST_FIELDS) {
            throw new DataException(
                    file,
                    "The schema is nested deeper than " + DEEPEST + " levels or has more than " + MOST_FIELDS
                            + " fields. The file is damaged.");
        }
        List<ArrowField> children = new ArrayList<>();
        for (int i = 0; i < field.childrenLength(); i++) {
            children.add(field(field.children(i), path, depth + 1));
        }
        FieldType type = type(field, path);
        checkSize(type, path);
        checkChildren(type, children.size(), path);
        DictionaryEncoding encoding = field.dictionary();
        ArrowField.Coding coding =
                encoding == null ? null : new ArrowField.Coding(encoding.id(), index(encoding.indexType(), path));
        return new ArrowField(name, type, children, coding);
    }

    private void checkSize(FieldType type, String path) {
        boolean right = switch (type.kind()) {
            case INT, UNSIGNED, DATE, TIME ->
                type.size() > 0 && type.size() <= Long.BYTES && Integer.bitCount(type.size()) == 1;
            case FLOAT -> type.size() >= Short.BYTES && type.size() <= Double.BYTES;
            default -> type.size() >= 0;
        };
        if (!right) {
            throw new DataException(
                    file,
                    "Column \"" + path + "\" of type " + type + " has values of " + type.size()
                            + " bytes. The file is damaged.");
        }
    }

    private void checkChildren(FieldType type, int children, String path) {
        boolean list = type.kind() == Kind.LIST || type.kind() == Kind.FIXED_LIST;
        if (list ? children != 1 : children > 0 && type.kind() != Kind.STRUCT) {
            throw new DataException(
                    file,
                    "Column \"" + path + "\" of type " + type + " has " + children + " children. The file is damaged.");
        }
    }

    private FieldType index(@Nullable Int type, String path) {
        FieldType index = type == null ? FieldType.of(Kind.INT, Integer.BYTES) : integer(type);
        checkSize(index, path);
        return index;
    }

    private FieldType type(Field field, String path) {
        return switch (field.typeType()) {
            case Type.Null -> FieldType.of(Kind.NULL, 0);
            case Type.Bool -> FieldType.of(Kind.BOOL, 0);
            case Type.Int -> integer((Int) header(field, new Int()));
            case Type.FloatingPoint ->
                FieldType.of(
                        Kind.FLOAT, Short.BYTES << ((FloatingPoint) header(field, new FloatingPoint())).precision());
            case Type.Utf8 -> FieldType.of(Kind.TEXT, Integer.BYTES);
            case Type.LargeUtf8 -> FieldType.of(Kind.TEXT, Long.BYTES);
            case Type.Binary -> FieldType.of(Kind.BINARY, Integer.BYTES);
            case Type.LargeBinary -> FieldType.of(Kind.BINARY, Long.BYTES);
            case Type.FixedSizeBinary ->
                FieldType.of(Kind.FIXED_BINARY, ((FixedSizeBinary) header(field, new FixedSizeBinary())).byteWidth());
            case Type.List -> FieldType.of(Kind.LIST, Integer.BYTES);
            case Type.LargeList -> FieldType.of(Kind.LIST, Long.BYTES);
            case Type.FixedSizeList ->
                FieldType.of(Kind.FIXED_LIST, ((FixedSizeList) header(field, new FixedSizeList())).listSize());
            case Type.Struct_ -> FieldType.of(Kind.STRUCT, 0);
            case Type.Date, Type.Time, Type.Timestamp -> moment(field);
            default ->
                throw new UnsupportedException(file + ": Column \"" + path + "\" has the Arrow type "
                        + typeName(field.typeType())
                        + ", which is not read. Cast it to a text, number, list or struct before saving.");
        };
    }

    private static FieldType moment(Field field) {
        if (field.typeType() == Type.Date) {
            boolean days = ((Date) header(field, new Date())).unit() == DateUnit.DAY;
            return FieldType.of(Kind.DATE, days ? Integer.BYTES : Long.BYTES);
        }
        if (field.typeType() == Type.Time) {
            Time time = (Time) header(field, new Time());
            return new FieldType(Kind.TIME, time.bitWidth() / Byte.SIZE, perSecond(time.unit()), null);
        }
        Timestamp stamp = (Timestamp) header(field, new Timestamp());
        return new FieldType(Kind.TIMESTAMP, Long.BYTES, perSecond(stamp.unit()), stamp.timezone());
    }

    private static long perSecond(short unit) {
        long ticks = 1;
        for (int i = TimeUnit.SECOND; i < unit && i < TimeUnit.NANOSECOND; i++) {
            ticks *= THOUSAND;
        }
        return ticks;
    }

    private static FieldType integer(Int type) {
        return FieldType.of(type.isSigned() ? Kind.INT : Kind.UNSIGNED, type.bitWidth() / Byte.SIZE);
    }

    private static com.google.flatbuffers.Table header(Field field, com.google.flatbuffers.Table empty) {
        return Objects.requireNonNull(field.type(empty), "the type has no description");
    }

    private static String typeName(int type) {
        return type > 0 && type < Type.names.length ? Type.name(type) : "number " + type;
    }
}
