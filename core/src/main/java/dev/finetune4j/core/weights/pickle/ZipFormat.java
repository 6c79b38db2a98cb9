package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.weights.pickle.ZipDirectory.Stretch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The format of torch 1.6 and newer: a zip archive with {@code data.pkl} and one file for each storage. */
final class ZipFormat {
    private static final String PICKLE = "/data.pkl";

    private final FileChannel channel;
    private final Faults faults;
    private final ZipDirectory directory;
    private final Map<String, Stretch> storages = new HashMap<>();

    private ZipFormat(FileChannel channel, Faults faults) throws IOException {
        this.channel = channel;
        this.faults = faults;
        this.directory = ZipDirectory.read(channel, faults);
    }

    static PickleWeights.Saved read(FileChannel channel, Faults faults) throws IOException {
        return new ZipFormat(channel, faults).read();
    }

    private PickleWeights.Saved read() throws IOException {
        String folder = folder();
        requireLittleEndian(directory.find(folder + "/byteorder"));
        Stretch pickle = directory.find(folder + PICKLE);
        if (pickle == null) {
            throw faults.damaged("it has no data.pkl");
        }
        ByteSource source = new ByteSource(channel, pickle.begin(), pickle.begin() + pickle.size());
        try {
            Object root = new Unpickler(source, faults, id -> storage(folder, id)).load();
            return new PickleWeights.Saved(root, storages);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The one folder that all files lie in. */
    private String folder() {
        String folder = null;
        for (String name : directory.names()) {
            if (name.endsWith("/constants.pkl")) {
                throw faults.unsupported("is a TorchScript program rather than a checkpoint");
            }
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                folder = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (folder == null) {
            throw faults.damaged("it is a zip archive without a data.pkl");
        }
        return folder;
    }

    private void requireLittleEndian(@Nullable Stretch order) throws IOException {
        if (order == null) {
            return;
        }
        String text = new ByteSource(channel, order.begin(), order.begin() + order.size()).text(order.size());
        if (!text.equals("little")) {
            throw faults.unsupported("its numbers are in the byte order \"" + Faults.shortened(text)
                    + "\"; this library reads little-endian ones");
        }
    }

    private Object storage(String folder, Value.Tuple id) {
        Value.Storage storage = StorageId.read(id, faults);
        try {
            if (!storages.containsKey(storage.key())) {
                Stretch stretch = directory.find(folder + "/data/" + storage.key());
                if (stretch == null) {
                    throw faults.damaged("its storage " + Faults.shortened(storage.key()) + " is missing");
                }
                storages.put(storage.key(), stretch);
            }
            return storage;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
