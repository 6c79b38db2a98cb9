package dev.finetune4j.data.arrow.internal.vector;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts or runs of bytes of any length. */
public final class BytesVector extends Vector {
    private final Offsets offsets;
    private final ByteBuffer data;
    private final boolean text;

    BytesVector(Extent extent, Offsets offsets, ByteBuffer data, boolean text) {
        super(extent);
        this.offsets = offsets;
        this.data = data;
        this.text = text;
    }

    public boolean isText() {
        return text;
    }

    public byte[] bytes(int index) {
        int start = offsets.start(index, data.capacity(), extent);
        byte[] bytes = new byte[offsets.end(index, data.capacity(), extent) - start];
        data.get(start, bytes);
        return bytes;
    }

    /** @throws dev.finetune4j.core.error.DataException if the bytes are not UTF-8 */
    public String text(int index) {
        byte[] bytes = bytes(index);
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        if (decoded.indexOf('\ufffd') >= 0) {
            try {
                CharBuffer strict = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return strict.toString();
            } catch (CharacterCodingException e) {
                throw extent.damaged("value " + index + " of a batch is not UTF-8.");
            }
        }
        return decoded;
    }

    @Override
    Object present(int index) {
        return text ? text(index) : bytes(index);
    }
}
