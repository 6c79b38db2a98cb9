package dev.finetune4j.core.weights.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a zip archive begin, for archives that pack nothing, as {@code torch.save} writes them; with the 64-bit
 * fields of archives beyond 4 GB.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>
 */
final class ZipDirectory {
    private static final int END_MARK = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int LOCATOR_MARK = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int WIDE_END_MARK = 0x06064b50;
    private static final int ENTRY_MARK = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int HEADER_MARK = 0x04034b50;
    private static final int HEADER_BYTES = 30;
    private static final int WIDE_FIELD = 1;
    private static final long IN_WIDE_FIELD = 0xffff_ffffL;

    private final FileChannel channel;
    private final long fileSize;
    private final Faults faults;
    private final Map<String, Packed> entries = new LinkedHashMap<>();

    /** A stretch of the file. */
    record Stretch(long begin, long size) {}

    private record Packed(int flags, int method, long size, long header) {}

    private record Place(long begin, long size, long count) {}

    private ZipDirectory(FileChannel channel, Faults faults) throws IOException {
        this.channel = channel;
        this.faults = faults;
        this.fileSize = channel.size();
    }

    /**
     * Reads the directory at the archive's end.
     *
     * @throws dev.finetune4j.core.error.WeightException if there is none or it describes what the file does not have
     */
    static ZipDirectory read(FileChannel channel, Faults faults) throws IOException {
        ZipDirectory directory = new ZipDirectory(channel, faults);
        try {
            directory.readEntries(directory.place());
        } catch (EOFException e) {
            throw faults.damaged("its directory is cut off");
        }
        return directory;
    }

    private Place place() throws IOException {
        long lowest = Math.max(0, fileSize - END_BYTES - LONGEST_COMMENT);
        ByteBuffer tail = ByteBuffer.wrap(new ByteSource(channel, lowest, fileSize).bytes(fileSize - lowest))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = tail.limit() - END_BYTES; i >= 0; i--) {
            if (tail.getInt(i) == END_MARK) {
                long at = lowest + i;
                ByteSource source = new ByteSource(channel, at + 10, at + END_BYTES);
                long count = source.unsignedShort();
                long size = source.unsignedInt();
                long begin = source.unsignedInt();
                return inside(wide(at, new Place(begin, size, count)));
            }
        }
        throw faults.damaged("it begins as a zip archive and has no directory at its end: the download broke off");
    }

    /** The 64-bit twin of the end record, where there is one. */
    private Place wide(long end, Place narrow) throws IOException {
        if (end < LOCATOR_BYTES) {
            return narrow;
        }
        ByteSource locator = new ByteSource(channel, end - LOCATOR_BYTES, end);
        if (locator.int32() != LOCATOR_MARK) {
            return narrow;
        }
        locator.int32();
        long at = locator.int64();
        if (at < 0 || at > fileSize - END_BYTES) {
            throw faults.damaged("its directory lies outside the file");
        }
        ByteSource record = new ByteSource(channel, at, end);
        if (record.int32() != WIDE_END_MARK) {
            throw faults.damaged("its directory is not where it says");
        }
        record.skipTo(at + 32);
        long count = record.int64();
        long size = record.int64();
        return new Place(record.int64(), size, count);
    }

    private Place inside(Place place) {
        boolean fits = place.begin >= 0 && place.size >= 0 && place.begin <= fileSize - place.size;
        if (!fits || place.count < 0 || place.count > place.size / ENTRY_BYTES) {
            throw faults.damaged("its directory of " + place.count + " entries and " + place.size + " bytes at byte "
                    + place.begin + " does not fit into the file");
        }
        return place;
    }

    private void readEntries(Place place) throws IOException {
        ByteSource source = new ByteSource(channel, place.begin, place.begin + place.size);
        for (long i = 0; i < place.count; i++) {
            readEntry(source);
        }
    }

    private void readEntry(ByteSource source) throws IOException {
        if (source.int32() != ENTRY_MARK) {
            throw faults.damaged("its directory holds something else than entries");
        }
        source.int32();
        int flags = source.unsignedShort();
        int method = source.unsignedShort();
        source.int64();
        long packed = source.unsignedInt();
        long size = source.unsignedInt();
        int nameLength = source.unsignedShort();
        int extraLength = source.unsignedShort();
        int commentLength = source.unsignedShort();
        source.int64();
        long header = source.unsignedInt();
        String name = source.text(nameLength);
        long[] values = {size, packed, header};
        widen(source, source.position() + extraLength, values);
        source.bytes(commentLength);
        if (values[0] != values[1] && method == 0) {
            throw faults.damaged("its entry " + Faults.shortened(name) + " has two sizes");
        }
        if (entries.put(name, new Packed(flags, method, values[0], values[2])) != null) {
            throw faults.damaged("it holds two entries called " + Faults.shortened(name));
        }
    }

    /** Replaces those of size, packed size and header offset that an extra field holds; then stands behind the fields. */
    private void widen(ByteSource source, long end, long[] values) throws IOException {
        while (source.position() + 4 <= end) {
            int field = source.unsignedShort();
            long next = source.unsignedShort() + source.position();
            for (int i = 0; field == WIDE_FIELD && i < values.length; i++) {
                if (values[i] == IN_WIDE_FIELD && source.position() + 8 <= Math.min(next, end)) {
                    values[i] = source.int64();
                }
            }
            source.skipTo(next);
        }
        source.skipTo(end);
    }

    /** Names of the files, as in the directory. */
    Iterable<String> names() {
        return entries.keySet();
    }

    /**
     * Where a file's bytes lie; null if there is none of that name.
     *
     * @throws dev.finetune4j.core.error.WeightException if they are packed, or lie outside the archive
     */
    @Nullable
    Stretch find(String name) throws IOException {
        Packed entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        if (entry.method != 0 || (entry.flags & 1) != 0) {
            throw faults.unsupported("its entry " + Faults.shortened(name)
                    + " is compressed or encrypted, which torch.save never does, so another program packed this file");
        }
        if (entry.header < 0 || entry.header > fileSize - HEADER_BYTES) {
            throw faults.damaged("its entry " + Faults.shortened(name) + " lies outside the file");
        }
        ByteSource header = new ByteSource(channel, entry.header, entry.header + HEADER_BYTES);
        boolean marked = header.int32() == HEADER_MARK;
        header.skipTo(entry.header + 26);
        long begin = entry.header + HEADER_BYTES + header.unsignedShort() + header.unsignedShort();
        if (!marked || entry.size < 0 || begin > fileSize - entry.size) {
            throw faults.damaged("its entry " + Faults.shortened(name) + " of " + entry.size
                    + " bytes does not lie where the directory says");
        }
        return new Stretch(begin, entry.size);
    }
}
