package dev.finetune4j.core.model;

import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** One decoder layer: attention and a feed-forward layer, whose results are added to the hidden states. A pair. */
public interface Block extends Segment {
    /** Hidden states after the block; owned by the caller's scope. */
    Tensor forward(Flow flow, Tape tape);

    /**
     * Fills a thin tape that {@link #forward} wrote: the first products of both layers are computed again from the hidden
     * states on it, while the attention kernel and the last products are not.
     *
     * @param flow the batch's positions; its hidden states are not read
     */
    void replay(Flow flow, Tape tape);

    /**
     * Gradient of the block's input; adds to the gradients of whatever is trainable here.
     *
     * @param dy gradient of the block's output {@code [tokens, hidden]} in the hidden dtype
     * @param flow the batch's positions; its hidden states are not read
     * @param tape what a saving forward pass left, or a thin one and {@link #replay}
     */
    Tensor backward(Tensor dy, Flow flow, Tape tape);

    Layers layers();

    default SelfAttention attention() {
        return layers().attention();
    }

    default FeedForward feedForward() {
        return layers().feedForward();
    }

    /** Its norms, in the order they run. */
    default List<Norm> norms() {
        return layers().norms().all();
    }

    /** All linear maps, in checkpoint order. */
    default List<Linear> linears() {
        List<Linear> all = new ArrayList<>(attention().projections());
        all.addAll(feedForward().projections());
        return all;
    }

    @Override
    default List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        norms().forEach(norm -> all.addAll(norm.parameters()));
        all.addAll(attention().parameters());
        all.addAll(feedForward().parameters());
        for (Linear linear : linears()) {
            all.addAll(linear.parameters());
            LinearAdapter adapter = linear.adapter();
            if (adapter != null) {
                all.addAll(adapter.parameters());
            }
        }
        // Slices of one tensor, such as stacked experts, share their parameter.
        return all.stream().distinct().toList();
    }

    /**
     * Norms of a block, each null where a family has none.
     *
     * @param beforeAttention n₁ of {@link dev.finetune4j.core.model.config.BlockConfig}
     * @param afterAttention n₂
     * @param beforeFeedForward n₃
     * @param afterFeedForward n₄
     */
    record Norms(
            @Nullable Norm beforeAttention,
            @Nullable Norm afterAttention,
            @Nullable Norm beforeFeedForward,
            @Nullable Norm afterFeedForward) {
        public List<Norm> all() {
            return Stream.of(beforeAttention, afterAttention, beforeFeedForward, afterFeedForward)
                    .filter(java.util.Objects::nonNull)
                    .toList();
        }
    }

    /** The two layers of a block and its norms. */
    record Layers(Norms norms, SelfAttention attention, FeedForward feedForward, double residualMultiplier) {}
}
