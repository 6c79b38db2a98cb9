package dev.finetune4j.core.model;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The one decoder-only transformer: an input segment, blocks, a head. It has no forward over everything; the walk goes
 * through it segment by segment while it trains, {@link FrozenPass} without gradients. Confined to a thread.
 */
public final class Decoder implements AutoCloseable {
    private final ModelConfig config;
    private final ComputePolicy policy;
    private final Device device;
    private final ParameterStore parameters;
    private final Parts parts;
    private final Workspace workspace;
    private final TapeMemory tapeMemory = new TapeMemory();

    /**
     * What a decoder is made of.
     *
     * @param ropes rotary embeddings, which blocks name by index
     * @param kernel the attention kernel of all blocks
     * @param routers what the routers of all blocks count; null for models without experts
     */
    public record Parts(
            Embedding input,
            List<Block> blocks,
            Head head,
            List<RotaryEmbedding> ropes,
            AttentionKernel kernel,
            @Nullable RouterStatistics routers) {}

    /** Takes ownership of parameters and workspace. */
    public Decoder(
            ModelConfig config,
            ComputePolicy policy,
            Device device,
            ParameterStore parameters,
            Parts parts,
            Workspace workspace) {
        this.config = config;
        this.policy = policy;
        this.device = device;
        this.parameters = parameters;
        this.parts = parts;
        this.workspace = workspace;
    }

    /**
     * Token ids of a batch on the device, {@code [tokens]}; owned by the caller's scope.
     *
     * @throws WeightException if an id lies outside the vocabulary
     */
    public Tensor ids(TokenBatch batch) {
        int[] ids = new int[batch.length()];
        int at = 0;
        for (TokenRow row : batch.rows()) {
            System.arraycopy(row.ids(), 0, ids, at, row.length());
            at += row.length();
        }
        int rows = Math.toIntExact(parts.input.weight().value().size(0));
        for (int id : ids) {
            if (id < 0 || id >= rows) {
                throw new WeightException("Token id " + id + " lies outside the model's vocabulary of " + rows
                        + ". The tokenizer does not belong to this model, or its added tokens need resize_vocab.");
            }
        }
        return Torch.ints(ids, device);
    }

    /**
     * The batch at the entrance: embedded tokens, layout and angles; owned by the caller's scope.
     *
     * @throws WeightException if a position lies beyond a learned position embedding
     */
    public Flow start(Tensor ids, AttentionLayout layout) {
        List<Angles> angles = new ArrayList<>();
        parts.ropes.forEach(rope -> angles.add(rope.angles(layout, device)));
        return new Flow(parts.input.forward(ids, positions(layout)), new TokenPositions(layout, angles));
    }

    /** Positions of a batch on the device, {@code [tokens]}; owned by the caller's scope. */
    public Tensor positions(AttentionLayout layout) {
        long longest = parts.input.longest();
        if (longest > 0) {
            for (int position : layout.positions()) {
                if (position >= longest) {
                    throw new WeightException("A row has more than the " + longest
                            + " tokens for which the model has positions. Set cutoff_len to at most " + longest + ".");
                }
            }
        }
        return Torch.ints(layout.positions(), device);
    }

    public ModelConfig config() {
        return config;
    }

    public ComputePolicy policy() {
        return policy;
    }

    public Device device() {
        return device;
    }

    public ParameterStore parameters() {
        return parameters;
    }

    public Embedding input() {
        return parts.input;
    }

    public List<Block> blocks() {
        return parts.blocks;
    }

    public Head head() {
        return parts.head;
    }

    /** Name of the attention kernel that the self-test chose or the caller demanded. */
    public String attentionKernel() {
        return parts.kernel.name();
    }

    /** What the routers of all blocks count; null for models without experts. */
    public @Nullable RouterStatistics routers() {
        return parts.routers;
    }

    /** The buffer in which weights are converted, for weights that adapters bring along. */
    public Workspace workspace() {
        return workspace;
    }

    /** Where tapes lie; null on a GPU, whose allocator keeps what lives long apart from what lives short by itself. */
    public @Nullable TapeMemory tapeMemory() {
        return device.isCuda() ? null : tapeMemory;
    }

    /** Linear maps of all blocks, in checkpoint order; the head's is not among them. */
    public List<Linear> linears() {
        List<Linear> all = new ArrayList<>();
        for (Block block : parts.blocks) {
            all.addAll(block.linears());
        }
        return all;
    }

    /**
     * Gives the head of a tied model a matrix of its own, equal to the embedding until one of them changes. From then on the
     * store knows no tie, and files are written with two matrices.
     */
    public void untieHead() {
        Parameter own = parameters.untie(config.names().head() + ".weight");
        parts.head.map().weight(new DenseWeight(own, workspace));
    }

    /** Input, blocks and head in the order of the walk. */
    public List<Segment> segments() {
        List<Segment> all = new ArrayList<>();
        all.add(parts.input);
        all.addAll(parts.blocks);
        all.add(parts.head);
        return all;
    }

    @Override
    public void close() {
        parameters.close();
        workspace.close();
        tapeMemory.close();
    }
}
