package dev.finetune4j.data.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.finetune4j.data.arrow.ArrowColumn.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Utf8;

/** Headers of the stream format: a mark, their length, a flat buffer, filled up to a multiple of eight bytes. */
final class MessageBytes {
    private static final int PREFIX = 8;
    private static final int CONTINUATION = -1;

    private MessageBytes() {}

    /** @param metadata what stands beside the columns */
    static ByteBuffer schema(List<ArrowColumn> columns, Map<String, String> metadata) {
        FlatBufferBuilder out = new FlatBufferBuilder();
        int[] fields = columns.stream().mapToInt(column -> field(out, column)).toArray();
        int[] pairs = metadata.entrySet().stream()
                .mapToInt(pair -> KeyValue.createKeyValue(
                        out, out.createString(pair.getKey()), out.createString(pair.getValue())))
                .toArray();
        int fieldsAt = Schema.createFieldsVector(out, fields);
        int metadataAt = Schema.createCustomMetadataVector(out, pairs);
        int schema = Schema.createSchema(out, Endianness.Little, fieldsAt, metadataAt, 0);
        return message(out, MessageHeader.Schema, schema, 0);
    }

    private static int field(FlatBufferBuilder out, ArrowColumn column) {
        Type type = column.type();
        if (!type.isList()) {
            return field(out, column.name(), column.nullable(), type, 0);
        }
        int element = field(out, "item", true, type, 0);
        int children = Field.createChildrenVector(out, new int[] {element});
        int name = out.createString(column.name());
        org.apache.arrow.flatbuf.List.startList(out);
        int list = org.apache.arrow.flatbuf.List.endList(out);
        return Field.createField(
                out, name, column.nullable(), org.apache.arrow.flatbuf.Type.List, list, 0, children, 0);
    }

    private static int field(FlatBufferBuilder out, String name, boolean nullable, Type type, int children) {
        int nameAt = out.createString(name);
        byte kind;
        int typeAt;
        switch (type) {
            case BOOL -> {
                kind = org.apache.arrow.flatbuf.Type.Bool;
                Bool.startBool(out);
                typeAt = Bool.endBool(out);
            }
            case TEXT, TEXT_LIST -> {
                kind = org.apache.arrow.flatbuf.Type.Utf8;
                Utf8.startUtf8(out);
                typeAt = Utf8.endUtf8(out);
            }
            case FLOAT64 -> {
                kind = org.apache.arrow.flatbuf.Type.FloatingPoint;
                typeAt = FloatingPoint.createFloatingPoint(out, Precision.DOUBLE);
            }
            default -> {
                kind = org.apache.arrow.flatbuf.Type.Int;
                typeAt = Int.createInt(out, type.width() * Byte.SIZE, true);
            }
        }
        // Readers of the format expect the list of children to be there, even an empty one.
        int childrenAt = children == 0 ? Field.createChildrenVector(out, new int[0]) : children;
        return Field.createField(out, nameAt, nullable, kind, typeAt, 0, childrenAt, 0);
    }

    static ByteBuffer batch(long rows, BatchLayout layout) {
        FlatBufferBuilder out = new FlatBufferBuilder();
        List<BatchLayout.Node> nodes = layout.nodes();
        RecordBatch.startNodesVector(out, nodes.size());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            FieldNode.createFieldNode(out, nodes.get(i).length(), nodes.get(i).nulls());
        }
        int nodesAt = out.endVector();
        List<BatchLayout.Place> places = layout.places();
        RecordBatch.startBuffersVector(out, places.size());
        for (int i = places.size() - 1; i >= 0; i--) {
            Buffer.createBuffer(
                    out, places.get(i).offset(), places.get(i).bytes().remaining());
        }
        int buffersAt = out.endVector();
        int batch = RecordBatch.createRecordBatch(out, rows, nodesAt, buffersAt, 0, 0);
        return message(out, MessageHeader.RecordBatch, batch, layout.length());
    }

    private static ByteBuffer message(FlatBufferBuilder out, byte type, int header, long bodyLength) {
        Message.finishMessageBuffer(out, Message.createMessage(out, MetadataVersion.V5, type, header, bodyLength, 0));
        ByteBuffer content = out.dataBuffer();
        int padded = (int) BatchLayout.aligned(content.remaining());
        ByteBuffer bytes = ByteBuffer.allocate(PREFIX + padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(CONTINUATION).putInt(padded).put(content);
        return bytes.rewind();
    }

    /** What ends a stream. */
    static ByteBuffer end() {
        return ByteBuffer.allocate(PREFIX)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(CONTINUATION)
                .putInt(0)
                .flip();
    }
}
