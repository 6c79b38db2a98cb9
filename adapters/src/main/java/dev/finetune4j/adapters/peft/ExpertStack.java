package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.model.linear.SliceWeight;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The adapters of all experts whose matrices one tensor {@code [count, n, m]} holds, and the two tensors that PEFT stores for
 * them: rows of A go expert by expert, columns of B rank by rank and within a rank expert by expert. What A and B are to
 * PEFT are B and A transposed where the dimension that A runs along is what the experts give, not what they take.
 *
 * @param module what PEFT's names of the two begin with, after its prefix
 * @param maps the experts' maps, by number
 */
public record ExpertStack(String module, List<Linear> maps) {
    public ExpertStack {
        maps = List.copyOf(maps);
    }

    private SliceWeight first() {
        return (SliceWeight) maps.get(0).weight();
    }

    /** Name of the tensor that holds the matrices. */
    public String tensor() {
        return first().stack().name();
    }

    String loraA() {
        return PeftNames.loraA(module);
    }

    String loraB() {
        return PeftNames.loraB(module);
    }

    /** Size of the dimension that A runs along. */
    long size(StackLayout layout) {
        return first().stack().shape()[layout == StackLayout.FIRST ? 1 : 2];
    }

    private static StackLayout other(StackLayout layout) {
        return layout == StackLayout.FIRST ? StackLayout.LAST : StackLayout.FIRST;
    }

    /** Whether A runs along what the experts take, so that each expert's factors are parts of A and B as they are. */
    private boolean straight(StackLayout layout) {
        return first().transposed() == (layout == StackLayout.FIRST);
    }

    /** Name and shape of the two. */
    Map<String, long[]> places(long rank, StackLayout layout) {
        long ranks = rank * maps.size();
        return Map.of(loraA(), new long[] {ranks, size(layout)}, loraB(), new long[] {size(other(layout)), ranks});
    }

    /** The two, put together of the experts' own factors when their turn comes. */
    List<Item> items(StackLayout layout) {
        Parameter any = factor(maps.get(0), 0);
        Map<String, long[]> places = places(any.shape()[0], layout);
        return List.of(
                new Item(loraA(), any.dtype(), Objects.requireNonNull(places.get(loraA())), () -> joinedA(layout)),
                new Item(loraB(), any.dtype(), Objects.requireNonNull(places.get(loraB())), () -> joinedB(layout)));
    }

    private static Parameter factor(Linear map, int index) {
        LinearAdapter adapter = Objects.requireNonNull(map.adapter(), map::name);
        return adapter.parameters().get(index);
    }

    private List<Tensor> factors(boolean ofA) {
        List<Tensor> factors = new ArrayList<>();
        maps.forEach(map -> factors.add(factor(map, ofA ? 0 : 1).value()));
        return factors;
    }

    private Tensor joinedA(StackLayout layout) {
        List<Tensor> rows = straight(layout)
                ? factors(true)
                : factors(false).stream().map(Tensor::t).toList();
        return Torch.cat(rows).contiguous();
    }

    private Tensor joinedB(StackLayout layout) {
        List<Tensor> columns = straight(layout)
                ? factors(false)
                : factors(true).stream().map(Tensor::t).toList();
        Tensor stacked = torch.stack(new TensorVector(columns.toArray(new Tensor[0])), 2);
        return stacked.flatten(1, 2).contiguous();
    }

    /** A of one expert, {@code [rank, in]}; in the caller's scope. */
    Tensor a(PeftFolder folder, Linear map, StackLayout layout) {
        return straight(layout) ? ownA(folder, map) : ownB(folder, map).t();
    }

    /** B of one expert, {@code [out, rank]}; in the caller's scope. */
    Tensor b(PeftFolder folder, Linear map, StackLayout layout) {
        return straight(layout) ? ownB(folder, map) : ownA(folder, map).t();
    }

    private Tensor ownA(PeftFolder folder, Linear map) {
        return folder.read(loraA()).unflatten(0, maps.size(), -1).select(0, maps.indexOf(map));
    }

    private Tensor ownB(PeftFolder folder, Linear map) {
        return folder.read(loraB()).unflatten(1, -1, maps.size()).select(2, maps.indexOf(map));
    }
}
