package dev.finetune4j.core.gguf;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.gguf.family.GgufFamily;
import dev.finetune4j.core.gguf.family.Layout;
import dev.finetune4j.core.gguf.family.TensorName;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.FileRange;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a GGUF file as the model's folder on a hub has them: under the names there, in the order of rows there,
 * stacked experts apart. Quantized tensors are fp32, others keep their dtype. Reading one takes its memory and no more than
 * a piece of it besides; only transposed ones are held twice.
 */
public final class GgufWeights implements WeightSource {
    /** Longer rows are no model's; they would have to be held whole to change places. */
    private static final long LONGEST_ROW = 1 << 24;

    private final GgufFile file;
    private final ConfigValues values;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /** A tensor of the hub: the file's tensor, or a run of its elements. */
    private record Part(GgufTensor tensor, long firstElement, long[] shape, Layout layout) {
        long position() {
            return tensor.position()
                    + firstElement / tensor.type().elements() * tensor.type().bytes();
        }

        long elements() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    private GgufWeights(GgufFile file) {
        this.file = file;
        GgufConfig config = GgufConfig.of(file);
        this.values = config.values();
        for (GgufTensor tensor : file.tensors().values()) {
            add(config.family(), tensor);
        }
    }

    /**
     * Opens a file without reading its tensors.
     *
     * @throws WeightException if the file is damaged, or holds a tensor that its family does not have
     * @throws dev.finetune4j.core.error.UnsupportedException if its architecture is not covered
     */
    public static GgufWeights open(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            return new GgufWeights(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void add(GgufFamily family, GgufTensor tensor) {
        TensorName name = family.translate(tensor.name());
        if (name == null) {
            throw damaged(
                    tensor,
                    "is not one that a " + family.modelType() + " model has. Take the model's safetensors "
                            + "from a hub instead");
        }
        if (name.isIgnored()) {
            return;
        }
        if (!name.isStacked()) {
            put(name.name(), new Part(tensor, 0, shape(tensor, name.layout()), name.layout()));
            return;
        }
        long[] shape = tensor.shape();
        if (shape.length < 2) {
            throw damaged(tensor, "has " + shape.length + " dimensions, where a stack is due");
        }
        long[] inner = Arrays.copyOfRange(shape, 1, shape.length);
        long size = tensor.elements() / shape[0];
        if (shape[0] > 1 << 16 || size % tensor.type().elements() != 0) {
            throw damaged(tensor, "cannot be a stack of " + shape[0] + " tensors");
        }
        for (long i = 0; i < shape[0]; i++) {
            put(name.part(i), new Part(tensor, i * size, inner, name.layout()));
        }
    }

    private void put(String name, Part part) {
        DType dtype = part.tensor.type().dtype();
        if (entries.put(name, new Entry(dtype, part.shape, file.path().toString())) != null) {
            throw damaged(part.tensor, "is " + name + " on the hub, and so is another tensor of the file");
        }
        parts.put(name, part);
    }

    /** The shape on the hub; checks what the layout needs. */
    private long[] shape(GgufTensor tensor, Layout layout) {
        long[] shape = tensor.shape();
        return switch (layout) {
            case AS_ROW -> {
                require(tensor, shape.length == 1, "where a vector is due");
                yield new long[] {1, shape[0]};
            }
            case TRANSPOSED -> {
                if (shape.length == 1) {
                    yield shape;
                }
                require(tensor, shape.length == 2, "where a matrix is due");
                yield new long[] {shape[1], shape[0]};
            }
            default -> shape;
        };
    }

    private void require(GgufTensor tensor, boolean holds, String what) {
        if (!holds) {
            throw damaged(tensor, "has the shape " + Arrays.toString(tensor.shape()) + ", " + what);
        }
    }

    private WeightException damaged(GgufTensor tensor, String what) {
        return new WeightException(
                file.path() + ": the tensor " + MetadataReader.shortened(tensor.name()) + " " + what + ".");
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor read(String name) {
        Part part = part(name);
        DType dtype = part.tensor.type().dtype();
        try (Scope scope = Scope.open("read tensor")) {
            Tensor result = Torch.empty(dtype, Device.CPU, part.shape);
            fill(part, result);
            return scope.keep(result);
        }
    }

    @Override
    public void readInto(String name, Tensor target) {
        Part part = part(name);
        if (FileRange.fills(Objects.requireNonNull(entries.get(name)), target) && target.numel() == part.elements()) {
            fill(part, target);
        } else {
            WeightSource.super.readInto(name, target);
        }
    }

    private void fill(Part part, Tensor target) {
        try (Scope scope = Scope.open("read into")) {
            if (part.layout == Layout.TRANSPOSED && part.shape.length == 2) {
                Tensor stored = Torch.empty(part.tensor.type().dtype(), Device.CPU, part.shape[1], part.shape[0]);
                copy(part, null, stored);
                target.copy_(stored.t());
                return;
            }
            copy(part, order(part), target);
            if (part.layout == Layout.MINUS_ONE) {
                target.sub_(Torch.scalar(1));
            }
        }
    }

    private void copy(Part part, @Nullable RowOrder order, Tensor target) {
        int rowLength = order == null ? 1 : (int) rowLength(part);
        new TensorCopy(file, part.tensor.type(), part.position(), part.elements(), rowLength, order)
                .into(target.data_ptr());
    }

    /** Elements of a row; 1 for a vector, whose elements are the biases of rows. */
    private static long rowLength(Part part) {
        return part.shape.length < 2 ? 1 : part.elements() / part.shape[0];
    }

    private @Nullable RowOrder order(Part part) {
        return switch (part.layout) {
            case PAIRED_QUERY -> paired(part, values.heads());
            case PAIRED_KEY -> paired(part, values.keyValueHeads());
            case GROUPED -> grouped(part);
            default -> null;
        };
    }

    private RowOrder paired(Part part, long heads) {
        long rows = rows(part);
        require(part.tensor, rows % (2 * heads) == 0, "whose rows are no pairs of " + heads + " heads");
        return RowOrder.paired(rows / heads);
    }

    private RowOrder grouped(Part part) {
        long heads = values.heads();
        long keyValueHeads = values.keyValueHeads();
        long all = heads + 2 * keyValueHeads;
        require(
                part.tensor,
                heads % keyValueHeads == 0 && rows(part) % all == 0,
                "whose rows are not those of " + heads + " query heads and " + keyValueHeads + " key and value heads");
        return RowOrder.grouped(heads, keyValueHeads, rows(part) / all);
    }

    private long rows(Part part) {
        long length = rowLength(part);
        require(
                part.tensor,
                part.shape.length > 0
                        && length <= LONGEST_ROW
                        && length % part.tensor.type().elements() == 0,
                "whose rows cannot change places");
        return part.shape[0];
    }

    private Part part(String name) {
        Part part = parts.get(name);
        if (part == null) {
            throw new WeightException(file.path() + ": holds no tensor " + name + " under any name.");
        }
        return part;
    }

    @Override
    public void close() {
        file.close();
    }
}
