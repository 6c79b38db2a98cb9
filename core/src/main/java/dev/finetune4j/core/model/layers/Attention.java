package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.layers.AttentionKernel.Inputs;
import dev.finetune4j.core.model.layers.AttentionKernel.Result;
import dev.finetune4j.core.model.layers.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query self-attention (Ainslie et al. 2023) with rotary positions: project, optionally normalise q and k per head,
 * rotate, attend within each document, project back.
 *
 * <p>On the tape: rotated q and k, v, the kernel's output and row statistics; with norms on q and k also their inputs.
 */
public final class Attention {
    private final Projections maps;
    private final ProjectionGroup inputs;
    private final @Nullable RmsNorm queryNorm;
    private final @Nullable RmsNorm keyNorm;
    private final AttentionKernel kernel;
    private final int window;
    private final int headDim;

    /**
     * The four maps.
     *
     * @param q queries, {@code hidden → heads · headDim}
     * @param k keys, {@code hidden → keyValueHeads · headDim}
     * @param v values, likewise
     * @param o output, {@code heads · headDim → hidden}
     */
    public record Projections(Linear q, Linear k, Linear v, Linear o) {
        public List<Linear> all() {
            return List.of(q, k, v, o);
        }
    }

    /** Norms of q and k per head; null for families without. */
    public record HeadNorms(RmsNorm query, RmsNorm key) {}

    public Attention(Projections maps, @Nullable HeadNorms norms, AttentionKernel kernel, int window, int headDim) {
        this.maps = maps;
        this.inputs = new ProjectionGroup(maps.q, maps.k, maps.v);
        this.queryNorm = norms == null ? null : norms.query();
        this.keyNorm = norms == null ? null : norms.key();
        this.kernel = kernel;
        this.window = window;
        this.headDim = headDim;
    }

    /**
     * @param x normalised hidden states {@code [tokens, hidden]}
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    public Tensor forward(Tensor x, AttentionLayout layout, Angles angles, Tape tape) {
        try (Scope scope = Scope.open("attention")) {
            Inputs qkv = project(x, angles, tape);
            Result result = kernel.forward(qkv.q(), qkv.k(), qkv.v(), layout, window);
            tape.put("attention.output", result.output());
            tape.put("attention.statistics", result.statistics());
            return scope.keep(maps.o.forward(flat(result.output()), tape));
        }
    }

    /** Brings back what a thin tape lacks; the kernel and the output map do not run again. */
    public void replay(Tensor x, Angles angles, Tape tape) {
        try (Scope scope = Scope.open("attention replay")) {
            project(x, angles, tape);
        }
    }

    private Inputs project(Tensor x, Angles angles, Tape tape) {
        ProjectionGroup.Columns projected = inputs.forward(x, tape);
        Tensor q = position(heads(projected.part(0)), queryNorm, angles, "attention.q", tape);
        Tensor k = position(heads(projected.part(1)), keyNorm, angles, "attention.k", tape);
        Tensor v = heads(projected.part(2));
        tape.putWide("attention.q", q);
        tape.putWide("attention.k", k);
        tape.putWide("attention.v", v);
        return new Inputs(q, k, v);
    }

    /** Norm, if there is one, and rotation. Without a norm the projection's own tensor is rotated in place. */
    private static Tensor position(Tensor heads, @Nullable RmsNorm norm, Angles angles, String name, Tape tape) {
        Tensor result = heads;
        if (norm != null) {
            tape.putWide(name + ".input", heads);
            result = norm.forward(heads, DType.of(heads));
        }
        RotaryEmbedding.rotate(result, angles);
        return result;
    }

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    public Tensor backward(Tensor dy, @Nullable Tensor x, AttentionLayout layout, Angles angles, Tape tape) {
        try (Scope scope = Scope.open("attention backward")) {
            Tensor output = tape.get("attention.output");
            Tensor dOutput = heads(maps.o.backward(dy, flat(output), tape));
            Inputs qkv = new Inputs(tape.get("attention.q"), tape.get("attention.k"), tape.get("attention.v"));
            Result saved = new Result(output, tape.get("attention.statistics"));
            ProjectionGroup.Columns projected = inputs.gradients(List.of(qkv.q(), qkv.k(), qkv.v()), tape);
            Inputs gradients = new Inputs(heads(projected.part(0)), heads(projected.part(1)), heads(projected.part(2)));
            kernel.backward(dOutput, qkv, saved, layout, window, gradients);
            positionBackward(gradients.q(), queryNorm, angles, "attention.q", tape);
            positionBackward(gradients.k(), keyNorm, angles, "attention.k", tape);
            return scope.keep(inputs.backward(projected, x, tape));
        }
    }

    /** Gradient of {@link #position}, in place. */
    private static void positionBackward(
            Tensor gradient, @Nullable RmsNorm norm, Angles angles, String name, Tape tape) {
        RotaryEmbedding.rotateBack(gradient, angles);
        if (norm != null) {
            gradient.copy_(norm.backward(gradient, tape.get(name + ".input")));
        }
    }

    private Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, headDim);
    }

    private static Tensor flat(Tensor heads) {
        return heads.view(heads.size(0), -1);
    }

    /** Whether backward reads the input of q, k and v. */
    public boolean needsInput() {
        return inputs.needsInput();
    }

    public Projections projections() {
        return maps;
    }

    /** Weights of the norms of q and k; empty for families without. */
    public List<Parameter> headNorms() {
        return queryNorm == null || keyNorm == null ? List.of() : List.of(queryNorm.weight(), keyNorm.weight());
    }

    public AttentionKernel kernel() {
        return kernel;
    }
}
