package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.weights.WeightSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A file whose factors of fused experts appear as factors of each expert's own maps. The factors of gate and up, which one
 * tensor holds, have their A in common in the file and one each here: the same update, and twice the A to train.
 */
final class UnfusedExperts implements WeightSource {
    private final WeightSource file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /**
     * The factors of one tensor {@code [count, out, in]} of fused experts.
     *
     * @param module what their names begin with
     */
    record Fused(String module, long count, long out, long in, long rank, StackLayout layout) {
        String loraA() {
            return PeftNames.loraA(module);
        }

        String loraB() {
            return PeftNames.loraB(module);
        }

        private boolean fits(@Nullable Entry a, @Nullable Entry b) {
            boolean straight = layout == StackLayout.LAST;
            return a != null
                    && b != null
                    && Arrays.equals(a.shape(), new long[] {rank * count, straight ? in : out})
                    && Arrays.equals(b.shape(), new long[] {straight ? out : in, rank * count});
        }
    }

    /** One factor of one expert; of B the rows of one map. */
    private record Part(Fused fused, long expert, boolean ofA, long start, long rows) {}

    /** Takes over the file. */
    UnfusedExperts(WeightSource file) {
        this.file = file;
        entries.putAll(file.entries());
    }

    /** Whether the file has the factors in their shape; others stay as they are, for the account to report. */
    boolean fits(Fused fused) {
        return fused.fits(file.entries().get(fused.loraA()), file.entries().get(fused.loraB()));
    }

    /**
     * Gives rows of an expert's matrix to a map.
     *
     * @param map the map's name
     * @param start first row of the map in the fused matrix
     */
    void add(Fused fused, long expert, String map, long start, long rows) {
        Entry a = Objects.requireNonNull(file.entries().get(fused.loraA()));
        put(PeftNames.loraA(map), a, new long[] {fused.rank, fused.in}, new Part(fused, expert, true, 0, fused.rank));
        put(PeftNames.loraB(map), a, new long[] {rows, fused.rank}, new Part(fused, expert, false, start, rows));
        entries.remove(fused.loraA());
        entries.remove(fused.loraB());
    }

    private void put(String name, Entry like, long[] shape, Part part) {
        entries.put(name, new Entry(like.dtype(), shape, like.file()));
        parts.put(name, part);
    }

    @Override
    public Map<String, Entry> entries() {
        return entries;
    }

    @Override
    public Tensor read(String name) {
        Part part = parts.get(name);
        return part == null ? file.read(name) : read(part);
    }

    private Tensor read(Part part) {
        Fused fused = part.fused;
        boolean straight = fused.layout == StackLayout.LAST;
        Tensor own = part.ofA == straight
                ? file.read(fused.loraA()).unflatten(0, fused.count, -1).select(0, part.expert)
                : file.read(fused.loraB()).unflatten(1, -1, fused.count).select(2, part.expert);
        return (straight ? own : own.t()).narrow(0, part.start, part.rows).contiguous();
    }

    @Override
    public void close() {
        file.close();
    }
}
