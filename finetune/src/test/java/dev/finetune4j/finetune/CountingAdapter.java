package dev.finetune4j.finetune;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.CountingWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An adapter that does what another one does, or nothing without one, and counts the rows of each product with the map's
 * matrix. Unlike a counter in the place of the weight it lets maps join, and then counts the joint product, under the joint
 * name.
 */
final class CountingAdapter implements LinearAdapter {
    private final @Nullable LinearAdapter inner;
    private final Map<String, Rows> counts;

    /** Rows that entered products forward and backward. */
    record Rows(long forward, long backward) {
        static final Rows NONE = new Rows(0, 0);

        Rows plus(Rows other) {
            return new Rows(forward + other.forward, backward + other.backward);
        }
    }

    private CountingAdapter(@Nullable LinearAdapter inner, Map<String, Rows> counts) {
        this.inner = inner;
        this.counts = counts;
    }

    /** Puts a counter around the adapter slot of every linear map in the blocks; counts by name of map or joint map. */
    static Map<String, Rows> install(Decoder decoder) {
        Map<String, Rows> counts = new TreeMap<>();
        decoder.linears().forEach(linear -> linear.adapter(new CountingAdapter(linear.adapter(), counts)));
        return counts;
    }

    @Override
    public Tensor forward(Tensor x, Linear linear, Tape tape) {
        CountingWeight counter = CountingWeight.around(linear.weight());
        Linear counted = new Linear(linear.name(), counter, linear.bias());
        Tensor y = inner == null ? counted.plain(x) : inner.forward(x, counted, tape);
        count(linear, counter);
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
        CountingWeight counter = CountingWeight.around(linear.weight());
        Linear counted = new Linear(linear.name(), counter, linear.bias());
        Tensor dx = inner == null ? counted.plainBackward(dy, x) : inner.backward(dy, x, counted, tape);
        count(linear, counter);
        return dx;
    }

    private void count(Linear linear, CountingWeight counter) {
        counts.merge(linear.name(), new Rows(counter.forwardRows(), counter.backwardRows()), Rows::plus);
    }

    @Override
    public @Nullable LinearAdapter join(List<Linear> maps, Tape tape) {
        List<@Nullable LinearAdapter> counters =
                maps.stream().map(Linear::adapter).toList();
        maps.forEach(map -> map.adapter(map.adapter() instanceof CountingAdapter own ? own.inner : map.adapter()));
        try {
            for (Linear map : maps) {
                LinearAdapter own = map.adapter();
                if (own != null) {
                    LinearAdapter joint = own.join(maps, tape);
                    return joint == null ? null : new CountingAdapter(joint, counts);
                }
            }
            return new CountingAdapter(null, counts);
        } finally {
            for (int i = 0; i < counters.size(); i++) {
                maps.get(i).adapter(counters.get(i));
            }
        }
    }

    @Override
    public boolean needsInput() {
        return inner != null && inner.needsInput();
    }

    @Override
    public void merge(Linear linear) {
        if (inner != null) {
            inner.merge(linear);
        }
    }

    @Override
    public List<Parameter> parameters() {
        return inner == null ? List.of() : inner.parameters();
    }
}
