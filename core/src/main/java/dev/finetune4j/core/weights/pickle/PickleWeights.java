package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.FileRange;
import dev.finetune4j.core.weights.WeightSource;
import dev.finetune4j.core.weights.pickle.ZipDirectory.Stretch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One file of {@code torch.save} that holds tensors by name, such as {@code pytorch_model.bin}: the zip archives of torch 1.6
 * and newer and the plain files before it. Opening reads names, shapes and places; a tensor's numbers are read when asked
 * for. Every view is checked against its storage, and every storage against the file, before the first is read.
 */
public final class PickleWeights implements WeightSource {
    private static final int HEAD = 40;

    private final Path path;
    private final Faults faults;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, View> views = new LinkedHashMap<>();

    /**
     * A file of {@code torch.save}, opened.
     *
     * @param root the value that was saved
     * @param storages where the bytes of each storage lie, by key
     */
    record Saved(Object root, Map<String, Stretch> storages) {}

    /**
     * Where a tensor's numbers are.
     *
     * @param begin place in the file of its first element
     * @param span elements from its first to its last in memory, both included
     */
    private record View(long begin, long span, long[] strides) {}

    private PickleWeights(Path path) throws IOException {
        this.path = path;
        this.faults = new Faults(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Saved saved = read(channel);
            for (Map.Entry<String, Value.Strided> tensor :
                    StateDict.of(saved.root, faults).entrySet()) {
                add(
                        tensor.getKey(),
                        tensor.getValue(),
                        saved.storages.get(tensor.getValue().storage().key()));
            }
        }
    }

    /**
     * Opens a checkpoint without reading its numbers.
     *
     * @throws WeightException if the file is missing or damaged, names something that no tensor needs, or holds no tensors by
     *     name
     */
    public static PickleWeights open(Path path) {
        try {
            return new PickleWeights(path);
        } catch (NoSuchFileException e) {
            throw new WeightException(path + ": there is no such file.", e);
        } catch (IOException e) {
            throw new Faults(path).unreadable(e);
        }
    }

    private Saved read(FileChannel channel) throws IOException {
        byte[] head = new ByteSource(channel, 0, channel.size()).bytes(Math.min(HEAD, channel.size()));
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK")) {
            return ZipFormat.read(channel, faults);
        }
        if (text.startsWith("\u0080")) {
            return LegacyFormat.read(channel, faults);
        }
        if (text.startsWith("version https://git-lfs")) {
            throw new WeightException(path + ": is a pointer that git left in place of the weights. Fetch them with"
                    + " \"git lfs pull\", or download the model again.");
        }
        throw faults.damaged("it begins with neither a zip archive nor a pickle");
    }

    private void add(String name, Value.Strided tensor, @Nullable Stretch stretch) {
        DType dtype = tensor.element().dtype();
        if (dtype == null) {
            throw faults.unsupported("tensor " + Faults.shortened(name) + " is of type "
                    + tensor.element().name() + ", which this library does not read");
        }
        if (stretch == null) {
            throw faults.damaged("the storage of " + Faults.shortened(name) + " is missing");
        }
        try {
            views.put(name, view(name, tensor, dtype, stretch));
            entries.put(name, new Entry(dtype, tensor.shape(), path.toString()));
        } catch (ArithmeticException e) {
            throw faults.damaged("the size of " + Faults.shortened(name) + " overflows");
        }
    }

    private View view(String name, Value.Strided tensor, DType dtype, Stretch stretch) {
        Value.Storage storage = tensor.storage();
        long elements = storage.element() == null ? storage.elements() / dtype.bytes() : storage.elements();
        long available = Math.min(elements, stretch.size() / dtype.bytes());
        long numbers = 1;
        long span = 1;
        for (int i = 0; i < tensor.shape().length; i++) {
            long size = tensor.shape()[i];
            numbers = Math.multiplyExact(numbers, size);
            span = Math.addExact(span, Math.multiplyExact(Math.max(0, size - 1), tensor.strides()[i]));
        }
        if (numbers == 0) {
            return new View(stretch.begin(), 0, tensor.strides());
        }
        long first = Math.addExact(tensor.offset(), storage.skipped());
        if (Math.addExact(first, span) > available) {
            throw faults.damaged("tensor " + Faults.shortened(name) + " needs elements " + first + " to "
                    + (first + span) + " of a storage of " + available);
        }
        if (numbers > available) {
            throw faults.unsupported("tensor " + Faults.shortened(name) + " repeats the " + available
                    + " elements of its storage to " + numbers);
        }
        return new View(stretch.begin() + first * dtype.bytes(), span, tensor.strides());
    }

    public Path path() {
        return path;
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** The tensor with the strides it was saved with, in memory of its own. */
    @Override
    public Tensor read(String name) {
        Entry entry = entry(name);
        View view = view(name);
        try (Scope scope = Scope.open("read pickled")) {
            if (view.span == 0) {
                return scope.keep(Torch.empty(entry.dtype(), Device.CPU, entry.shape()));
            }
            Tensor spanned = Torch.empty(entry.dtype(), Device.CPU, view.span);
            fill(view, spanned);
            return scope.keep(spanned.as_strided(entry.shape(), view.strides));
        }
    }

    @Override
    public void readInto(String name, Tensor target) {
        Entry entry = entry(name);
        View view = view(name);
        if (FileRange.fills(entry, target) && isDense(entry, view)) {
            fill(view, target);
        } else {
            WeightSource.super.readInto(name, target);
        }
    }

    private void fill(View view, Tensor target) {
        try {
            new FileRange(path, view.begin, view.span * DType.of(target).bytes()).readInto(target);
        } catch (IOException e) {
            throw faults.unreadable(e);
        }
    }

    /** Whether its elements lie row by row without gaps. */
    private static boolean isDense(Entry entry, View view) {
        long expected = 1;
        for (int i = view.strides.length - 1; i >= 0; i--) {
            long size = entry.shape()[i];
            if (size > 1 && view.strides[i] != expected) {
                return false;
            }
            expected *= size;
        }
        return view.span == expected;
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new WeightException(path + ": holds no tensor " + name + ".");
        }
        return entry;
    }

    private View view(String name) {
        return java.util.Objects.requireNonNull(views.get(name));
    }

    @Override
    public void close() {
        // Nothing stays open between reads.
    }
}
