package dev.finetune4j.core.model;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The way through a decoder without gradients or randomness: evaluation, references, generation. */
public final class FrozenPass {
    private final Decoder decoder;

    public FrozenPass(Decoder decoder) {
        this.decoder = decoder;
    }

    /** Hidden states after the last block, before the final norm, {@code [tokens, hidden]}; in the caller's scope. */
    public Tensor hidden(TokenBatch batch) {
        try (Scope scope = Scope.open("frozen pass");
                NoGradGuard noGrad = new NoGradGuard()) {
            AttentionLayout layout = AttentionLayout.of(batch);
            Flow flow = decoder.start(decoder.ids(batch), layout);
            Tensor hidden = flow.hidden();
            for (Block block : decoder.blocks()) {
                Tensor next = block.forward(flow.with(hidden), Tape.off(Draws.NONE));
                hidden.close();
                hidden = next;
            }
            return scope.keep(hidden);
        }
    }

    /** Logits of every token of a batch, {@code [tokens, vocabulary]}: for tests and short prompts. */
    public Tensor logits(TokenBatch batch) {
        try (Scope scope = Scope.open("logits");
                NoGradGuard noGrad = new NoGradGuard()) {
            Tensor hidden = hidden(batch);
            return scope.keep(decoder.head().logits(decoder.head().normalise(hidden)));
        }
    }
}
