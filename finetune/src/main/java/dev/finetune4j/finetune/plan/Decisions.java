package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run decides once and keeps: stored in its checkpoints and used again on resume, so that a resumed run computes
 * bit for bit what the unbroken one would have.
 *
 * @param attentionKernel name of the kernel that the self-test chose
 * @param policy in which dtypes the model computes
 * @param headChunk labelled tokens whose logits exist at a time
 * @param keptBlocks blocks, counted from the last, that keep their activations; the others are computed again
 * @param tokensPerWalk tokens above which a micro-batch is divided into several walks
 * @param threads of libtorch inside one operator
 */
public record Decisions(
        String attentionKernel, ComputePolicy policy, int headChunk, int keptBlocks, long tokensPerWalk, int threads) {
    private static final String KERNEL = "attention_kernel";
    private static final String HIDDEN = "hidden_dtype";
    private static final String PRODUCT = "product_dtype";
    private static final String CHUNK = "head_chunk";
    private static final String KEPT = "kept_blocks";
    private static final String TOKENS = "tokens_per_walk";
    private static final String THREADS = "threads";

    /** As checkpoints store them. */
    public Map<String, String> stored() {
        Map<String, String> stored = new LinkedHashMap<>();
        stored.put(KERNEL, attentionKernel);
        stored.put(HIDDEN, policy.hidden().configName());
        stored.put(PRODUCT, policy.product().configName());
        stored.put(CHUNK, Integer.toString(headChunk));
        stored.put(KEPT, Integer.toString(keptBlocks));
        stored.put(TOKENS, Long.toString(tokensPerWalk));
        stored.put(THREADS, Integer.toString(threads));
        return stored;
    }

    /** What a checkpoint stored; null where it was written without. The threads are those of this process. */
    public static @Nullable Decisions of(Map<String, String> stored) {
        String kernel = stored.get(KERNEL);
        String hidden = stored.get(HIDDEN);
        String product = stored.get(PRODUCT);
        String chunk = stored.get(CHUNK);
        String kept = stored.get(KEPT);
        String tokens = stored.get(TOKENS);
        if (kernel == null || hidden == null || product == null || chunk == null || kept == null || tokens == null) {
            return null;
        }
        ComputePolicy policy = new ComputePolicy(dtype(hidden), dtype(product), "as when the checkpoint was written");
        return new Decisions(
                kernel,
                policy,
                Integer.parseInt(chunk),
                Integer.parseInt(kept),
                Long.parseLong(tokens),
                Torch.threads());
    }

    private static DType dtype(String name) {
        return Objects.requireNonNull(DType.byConfigName(name), name);
    }
}
