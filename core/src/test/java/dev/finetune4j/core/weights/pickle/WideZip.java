package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.weights.pickle.ZipDirectory.Stretch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes archives whose entries lie beyond what 32 bits can say, with holes between them. */
final class WideZip {
    private final FileChannel channel;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int count;

    private WideZip(FileChannel channel) {
        this.channel = channel;
    }

    /** The files of an archive in a new one, all from a position on. */
    static void respread(Path from, Path to, long position) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            WideZip zip = new WideZip(out);
            ZipDirectory files = ZipDirectory.read(in, new Faults(from));
            long at = position;
            zip.put(0, little(4).putInt(0x04034b50));
            for (String name : files.names()) {
                Stretch stretch = files.find(name);
                ByteBuffer data = ByteBuffer.allocate((int) stretch.size());
                in.read(data, stretch.begin());
                at = zip.add(at, name.getBytes(StandardCharsets.UTF_8), data.flip());
            }
            zip.finish(at);
        }
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(long position, ByteBuffer full) throws IOException {
        full.rewind();
        for (long at = position; full.hasRemaining(); ) {
            at += channel.write(full, at);
        }
    }

    private long add(long at, byte[] name, ByteBuffer data) throws IOException {
        long size = data.limit();
        ByteBuffer header = little(30 + name.length);
        header.putInt(0x04034b50).putInt(20).position(26);
        header.putShort((short) name.length).putShort((short) 0).put(name);
        put(at, header);
        put(at + 30 + name.length, data);
        ByteBuffer entry = little(46 + name.length + 4 + 24);
        entry.putInt(0x02014b50).position(20);
        entry.putInt(-1).putInt(-1).putShort((short) name.length).putShort((short) 28);
        entry.position(42);
        entry.putInt(-1).put(name).putShort((short) 1).putShort((short) 24);
        entry.putLong(size).putLong(size).putLong(at);
        directory.writeBytes(entry.array());
        count++;
        return at + 30 + name.length + size + 1000;
    }

    private void finish(long at) throws IOException {
        byte[] entries = directory.toByteArray();
        put(at, ByteBuffer.wrap(entries));
        ByteBuffer end = little(56 + 20 + 22);
        end.putInt(0x06064b50).putLong(44).position(24);
        end.putLong(count).putLong(count).putLong(entries.length).putLong(at);
        end.putInt(0x07064b50).putInt(0).putLong(at + entries.length).putInt(1);
        end.putInt(0x06054b50)
                .putInt(0)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1);
        put(at + entries.length, end);
    }
}
