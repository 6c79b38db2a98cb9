package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.weights.pickle.ZipDirectory.Stretch;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The format before torch 1.6: five pickles in a row (a magic number, the version, the machine, the value, the keys of the
 * storages) and then the storages, each a count of elements and their bytes.
 */
final class LegacyFormat {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final ByteSource source;
    private final Faults faults;
    private final long fileSize;
    private final Map<String, Value.Storage> wanted = new LinkedHashMap<>();

    private LegacyFormat(FileChannel channel, Faults faults) throws IOException {
        this.fileSize = channel.size();
        this.source = new ByteSource(channel, 0, fileSize);
        this.faults = faults;
    }

    static PickleWeights.Saved read(FileChannel channel, Faults faults) throws IOException {
        return new LegacyFormat(channel, faults).read();
    }

    private PickleWeights.Saved read() throws IOException {
        if (!MAGIC.equals(next())) {
            throw faults.unsupported("is a pickle that torch.save did not write");
        }
        if (!Long.valueOf(VERSION).equals(next())) {
            throw faults.damaged("its version is not " + VERSION);
        }
        Object machine = next();
        if (machine instanceof Value.Dict facts
                && Boolean.FALSE.equals(facts.entries().get("little_endian"))) {
            throw faults.unsupported("its numbers are big-endian; this library reads little-endian ones");
        }
        Object root = next();
        if (!(next() instanceof Value.Items keys)) {
            throw faults.damaged("it does not list its storages");
        }
        Map<String, Stretch> storages = new HashMap<>();
        for (Object key : keys.items()) {
            if (storages.put(String.valueOf(key instanceof Value ? null : key), storage(key)) != null) {
                throw faults.damaged("it lists a storage twice");
            }
        }
        return new PickleWeights.Saved(root, storages);
    }

    private Object next() throws IOException {
        return new Unpickler(source, faults, this::remember).load();
    }

    private Object remember(Value.Tuple id) {
        Value.Storage storage = StorageId.read(id, faults);
        Value.Storage other = wanted.putIfAbsent(storage.key(), storage);
        if (other != null && bytes(other) != bytes(storage)) {
            throw faults.damaged("it describes the storage " + Faults.shortened(storage.key()) + " in two ways");
        }
        return storage;
    }

    private static int bytes(Value.Storage storage) {
        Value.Element element = storage.element();
        DType dtype = element == null ? DType.UINT8 : element.dtype();
        return dtype == null ? 0 : dtype.bytes();
    }

    private Stretch storage(Object key) throws IOException {
        Value.Storage storage = key instanceof Value ? null : wanted.get(key.toString());
        if (storage == null) {
            throw faults.damaged("it lists a storage that nothing uses: " + Value.kind(key));
        }
        int width = bytes(storage);
        if (width == 0) {
            throw faults.unsupported("its storage " + Faults.shortened(storage.key()) + " is of type "
                    + (storage.element() == null ? "" : storage.element().name())
                    + ", which this library does not read");
        }
        try {
            long elements = source.int64();
            long begin = source.position();
            if (elements != storage.elements() || elements > (fileSize - begin) / width) {
                throw faults.damaged("its storage " + Faults.shortened(storage.key()) + " has " + elements
                        + " elements, of which " + storage.elements() + " are expected and at most "
                        + (fileSize - begin) / width + " are in the file");
            }
            source.skipTo(begin + elements * width);
            return new Stretch(begin, elements * width);
        } catch (EOFException e) {
            throw faults.damaged("its storages are cut off");
        }
    }
}
