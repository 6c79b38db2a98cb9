package dev.finetune4j.data.arrow.internal;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.arrow.internal.vector.Vector;
import dev.finetune4j.data.arrow.internal.vector.VectorReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Rows that lie together in a file. Their columns are laid over the file when they are first asked for, and kept.
 * Thread-safe.
 */
public final class ArrowBatch {
    private final MappedFile file;
    private final RecordBatch header;
    private final long bodyOffset;
    private final long bodyLength;
    private final List<ArrowField> fields;
    private final Map<Long, Vector> dictionaries;
    private volatile @Nullable List<Vector> columns;

    ArrowBatch(
            MappedFile file,
            ArrowMessage message,
            RecordBatch header,
            List<ArrowField> fields,
            Map<Long, Vector> dictionaries) {
        this.file = file;
        this.header = header;
        this.bodyOffset = message.bodyOffset();
        this.bodyLength = message.bodyLength();
        this.fields = fields;
        this.dictionaries = dictionaries;
        if (header.length() < 0 || header.length() > Integer.MAX_VALUE) {
            throw new DataException(
                    file.name(), "A record batch claims " + header.length() + " rows. The file is damaged.");
        }
        if (header.compression() != null) {
            throw new UnsupportedException(file.name()
                    + ": The record batches are compressed, which is not read. Write the file without compression, as"
                    + " save_to_disk of the Python library datasets does.");
        }
    }

    public int rows() {
        return (int) header.length();
    }

    /** One vector a column, in the order of the schema; each has at least {@link #rows} values. */
    public List<Vector> columns() {
        List<Vector> laid = columns;
        if (laid == null) {
            laid = lay();
            columns = laid;
        }
        return laid;
    }

    private List<Vector> lay() {
        ByteBuffer body = file.view(bodyOffset, bodyLength);
        if (fields.isEmpty() && rows() > 0) {
            throw new DataException(file.name(), "There are " + rows() + " rows, but no columns.");
        }
        try {
            return List.copyOf(new VectorReader(file.name(), header, body, dictionaries).read(fields));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw ArrowFile.damaged(file.name(), Objects.toString(e.getMessage(), "a header is cut off"), e);
        }
    }
}
