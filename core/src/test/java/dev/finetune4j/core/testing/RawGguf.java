package dev.finetune4j.core.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** GGUF files put together piece by piece, so that a test can write what no writer would. */
public final class RawGguf {
    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private long keyCount;
    private long tensorCount;
    private int magic = 0x46554747;
    private int version = 3;
    private int alignment = 32;

    /** A file with the one key that every model has. */
    public static RawGguf of(String architecture) {
        return new RawGguf().text("general.architecture", architecture);
    }

    public RawGguf magic(int value) {
        magic = value;
        return this;
    }

    public RawGguf version(int value) {
        version = value;
        return this;
    }

    public RawGguf alignment(int value) {
        alignment = value;
        return integer("general.alignment", value);
    }

    /** Claims more or fewer keys than there are. */
    public RawGguf claimKeys(long more) {
        keyCount += more;
        return this;
    }

    /** Claims more or fewer tensors than there are. */
    public RawGguf claimTensors(long more) {
        tensorCount += more;
        return this;
    }

    public RawGguf text(String key, String value) {
        return key(key, 8, string(value));
    }

    /** An unsigned 32-bit value. */
    public RawGguf integer(String key, int value) {
        return key(key, 4, little(4).putInt(value).array());
    }

    public RawGguf decimal(String key, float value) {
        return key(key, 6, little(4).putFloat(value).array());
    }

    public RawGguf flag(String key, boolean value) {
        return key(key, 7, new byte[] {(byte) (value ? 1 : 0)});
    }

    /** An array whose elements are given as they lie in the file. */
    public RawGguf array(String key, int type, long count, byte[] elements) {
        return key(key, 9, joined(little(12).putInt(type).putLong(count).array(), elements));
    }

    public RawGguf texts(String key, String... values) {
        byte[] all = new byte[0];
        for (String value : values) {
            all = joined(all, string(value));
        }
        return array(key, 8, values.length, all);
    }

    /** A key with a value of any type number and any bytes. */
    public RawGguf key(String key, int type, byte[] value) {
        keys.writeBytes(string(key));
        keys.writeBytes(little(4).putInt(type).array());
        keys.writeBytes(value);
        keyCount++;
        return this;
    }

    /** An F32 tensor behind those that are there, sizes outermost first. */
    public RawGguf floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = little(4 * values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(name, shape, 0, bytes.array());
    }

    /** A tensor of a type number behind those that are there. */
    public RawGguf tensor(String name, long[] shape, int type, byte[] content) {
        while (data.size() % alignment != 0) {
            data.write(0);
        }
        entry(name, shape, type, data.size());
        data.writeBytes(content);
        return this;
    }

    /** An entry in the list of tensors that says whatever it says. */
    public RawGguf entry(String name, long[] shape, int type, long offset) {
        tensors.writeBytes(string(name));
        tensors.writeBytes(little(4).putInt(shape.length).array());
        for (int i = shape.length - 1; i >= 0; i--) {
            tensors.writeBytes(little(8).putLong(shape[i]).array());
        }
        tensors.writeBytes(little(12).putInt(type).putLong(offset).array());
        tensorCount++;
        return this;
    }

    public byte[] bytes() {
        ByteBuffer header =
                little(24).putInt(magic).putInt(version).putLong(tensorCount).putLong(keyCount);
        byte[] head = joined(joined(header.array(), keys.toByteArray()), tensors.toByteArray());
        int step = alignment <= 0 ? 32 : alignment;
        byte[] padding = new byte[(step - head.length % step) % step];
        return joined(joined(head, padding), data.toByteArray());
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text as the file holds it: its length, then its bytes. */
    public static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return joined(little(8).putLong(bytes.length).array(), bytes);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
