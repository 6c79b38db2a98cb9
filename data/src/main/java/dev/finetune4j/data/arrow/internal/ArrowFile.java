package dev.finetune4j.data.arrow.internal;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.arrow.internal.vector.Vector;
import dev.finetune4j.data.dataset.LookaheadCursor;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the record batches of one file, a stream or the random-access format, which is a stream behind eight bytes
 * and before a footer. The schema is read at once, each batch's header when it is reached.
 */
public final class ArrowFile extends LookaheadCursor<ArrowBatch> {
    private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAGIC_PADDED = 8;
    private static final int CONTINUATION = -1;
    /** The header of a message lists buffers and names; one this long is a damaged length. */
    private static final int LONGEST_HEADER = 1 << 28;

    private final MappedFile file;
    private final ArrowSchema schema;
    private final Map<Long, ArrowField> dictionaryFields;
    private Map<Long, Vector> dictionaries = Map.of();
    private long position;

    /**
     * @param name of the file in messages
     * @throws DataException if the file is missing or is not of this format
     * @throws UnsupportedException if a column has a type that is not read
     */
    public ArrowFile(Path path, String name) {
        this.file = new MappedFile(path, name);
        this.position = startsWithMagic() ? MAGIC_PADDED : 0;
        this.schema = readSchema();
        this.dictionaryFields = schema.dictionaries();
    }

    public ArrowSchema schema() {
        return schema;
    }

    private boolean startsWithMagic() {
        if (file.length() < MAGIC_PADDED) {
            return false;
        }
        byte[] start = new byte[MAGIC.length];
        file.view(0, MAGIC_PADDED).get(0, start);
        return java.util.Arrays.equals(start, MAGIC);
    }

    private ArrowSchema readSchema() {
        ArrowMessage first = nextMessage();
        try {
            if (first == null || first.message().headerType() != MessageHeader.Schema) {
                throw damaged(file.name(), "it does not begin with a schema", null);
            }
            return new SchemaReader(file.name()).read(header(first, new Schema()));
        } catch (IndexOutOfBoundsException | IllegalArgumentException | AssertionError e) {
            throw damaged(file.name(), "its schema is cut off", e);
        }
    }

    @Override
    protected @Nullable ArrowBatch advance() {
        try {
            ArrowMessage message = nextMessage();
            while (message != null) {
                ArrowBatch batch = batch(message);
                if (batch != null) {
                    return batch;
                }
                message = nextMessage();
            }
            return null;
        } catch (IndexOutOfBoundsException | IllegalArgumentException | AssertionError e) {
            throw damaged(file.name(), "the header before byte " + position + " is cut off", e);
        }
    }

    private @Nullable ArrowBatch batch(ArrowMessage message) {
        byte type = message.message().headerType();
        if (type == MessageHeader.RecordBatch) {
            return new ArrowBatch(file, message, header(message, new RecordBatch()), schema.fields(), dictionaries);
        }
        if (type != MessageHeader.DictionaryBatch) {
            throw damaged(file.name(), "a message of kind " + type + " is neither rows nor a dictionary", null);
        }
        learn(message, header(message, new DictionaryBatch()));
        return null;
    }

    /** A dictionary holds for the batches behind it, until another one of its number. */
    private void learn(ArrowMessage message, DictionaryBatch batch) {
        if (batch.isDelta()) {
            throw new UnsupportedException(
                    file.name() + ": A dictionary grows in pieces, which is not read. Cast the column to text.");
        }
        ArrowField field = dictionaryFields.get(batch.id());
        RecordBatch data = batch.data();
        if (field == null || data == null) {
            throw damaged(file.name(), "no column uses dictionary " + batch.id(), null);
        }
        ArrowBatch values = new ArrowBatch(file, message, data, List.of(field), dictionaries);
        Map<Long, Vector> known = new HashMap<>(dictionaries);
        known.put(batch.id(), values.columns().get(0));
        dictionaries = Map.copyOf(known);
    }

    private <T extends com.google.flatbuffers.Table> T header(ArrowMessage message, T empty) {
        if (message.message().header(empty) == null) {
            throw damaged(file.name(), "a message has no header", null);
        }
        return empty;
    }

    /** The next message, null at the end mark or where the file ends between two messages. */
    private @Nullable ArrowMessage nextMessage() {
        if (position == file.length()) {
            return null;
        }
        int length = file.view(position, Integer.BYTES).getInt(0);
        position += Integer.BYTES;
        // Writers before 2020 left out the continuation mark.
        if (length == CONTINUATION) {
            length = file.view(position, Integer.BYTES).getInt(0);
            position += Integer.BYTES;
        }
        if (length == 0) {
            return null;
        }
        if (length < 0 || length > LONGEST_HEADER) {
            throw damaged(file.name(), "byte " + (position - Integer.BYTES) + " should begin a message", null);
        }
        return message(length);
    }

    private ArrowMessage message(int length) {
        byte[] bytes = new byte[length];
        file.view(position, length).get(0, bytes);
        position += length;
        try {
            Message message = Message.getRootAsMessage(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
            ArrowMessage found = new ArrowMessage(message, position, message.bodyLength());
            if (found.bodyLength() < 0 || found.bodyLength() > file.length() - position) {
                throw damaged(file.name(), "a batch of " + found.bodyLength() + " bytes reaches beyond its end", null);
            }
            position = found.end();
            return found;
        } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException | AssertionError e) {
            throw damaged(file.name(), "the header before byte " + position + " is cut off", e);
        }
    }

    static DataException damaged(String file, String what, @Nullable Throwable cause) {
        return new DataException(
                file,
                "This is not a whole Arrow file: " + what + ". Write it again, or give it the extension of what it is.",
                cause);
    }
}
