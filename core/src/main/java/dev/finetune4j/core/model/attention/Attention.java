package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TokenPositions;
import dev.finetune4j.core.model.attention.AttentionKernel.Inputs;
import dev.finetune4j.core.model.attention.AttentionKernel.Result;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.AttentionConfig.Temperature;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.model.projection.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query self-attention (Ainslie et al. 2023): project, normalise and rotate q and k where the family does, attend
 * within each document, project back.
 *
 * <p>On the tape: q, k and v as the kernel reads them, its output and row statistics; with norms on q and k also their inputs.
 */
public final class Attention implements SelfAttention {
    private final Projections inputs;
    private final Linear output;
    private final @Nullable HeadNorms norms;
    private final HeadPosition query;
    private final HeadPosition key;
    private final HeadPosition value;
    private final AttentionKernel kernel;
    private final Shape shape;

    /**
     * What tells one block's attention from another's.
     *
     * @param headDim width of a head
     * @param rule how scores become weights
     * @param rope index of the rotary embedding; -1 for no rotation
     * @param clip bound on the values of q, k and v; 0 for none
     * @param temperature growth of queries with their position; null for none
     */
    public record Shape(
            int headDim,
            AttentionRule rule,
            int rope,
            double clip,
            @Nullable Temperature temperature) {
        /** Rotation by the first rotary embedding, and no extras. */
        public static Shape plain(int headDim, int window) {
            return new Shape(headDim, AttentionRule.plain(1 / Math.sqrt(headDim), window), 0, 0, null);
        }
    }

    /**
     * @param inputs q, k and v, in this order
     * @param output map from all heads to the hidden width
     * @param norms of q and k; null for families without
     */
    public Attention(
            Projections inputs, Linear output, @Nullable HeadNorms norms, AttentionKernel kernel, Shape shape) {
        this.inputs = inputs;
        this.output = output;
        this.norms = norms;
        this.kernel = kernel;
        this.shape = shape;
        Span span = norms == null ? Span.HEAD : norms.span();
        boolean last = norms != null && norms.afterRotation();
        this.query = new HeadPosition("attention.q", norms == null ? null : norms.query(), span, last, shape.clip);
        this.key = new HeadPosition("attention.k", norms == null ? null : norms.key(), span, last, shape.clip);
        this.value = new HeadPosition("attention.v", null, span, false, shape.clip);
    }

    @Override
    public Tensor forward(Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("attention")) {
            Inputs qkv = project(x, positions, tape);
            Result result = kernel.forward(qkv.q(), qkv.k(), qkv.v(), positions.layout(), shape.rule);
            tape.put("attention.output", result.output());
            tape.put("attention.statistics", result.statistics());
            return scope.keep(output.forward(flat(result.output()), tape));
        }
    }

    @Override
    public void replay(Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("attention replay")) {
            project(x, positions, tape);
        }
    }

    private Inputs project(Tensor x, TokenPositions positions, Tape tape) {
        Columns projected = inputs.forward(x, tape);
        Angles angles = angles(positions);
        Tensor q = query.forward(heads(projected.part(0)), angles, tape);
        Tensor k = key.forward(heads(projected.part(1)), angles, tape);
        Tensor v = value.forward(heads(projected.part(2)), null, tape);
        if (shape.temperature != null) {
            q.mul_(growth(positions, q));
        }
        tape.putWide("attention.q", q);
        tape.putWide("attention.k", k);
        tape.putWide("attention.v", v);
        return new Inputs(q, k, v);
    }

    private @Nullable Angles angles(TokenPositions positions) {
        return shape.rope < 0 ? null : positions.angles().get(shape.rope);
    }

    /** Factor on the queries of each token, {@code [tokens, 1, 1]}. */
    private Tensor growth(TokenPositions positions, Tensor like) {
        Temperature temperature = java.util.Objects.requireNonNull(shape.temperature);
        int[] at = positions.layout().positions();
        float[] factors = new float[at.length];
        for (int t = 0; t < at.length; t++) {
            factors[t] = (float) (1 + temperature.scale() * Math.log1p(Math.floor((at[t] + 1) / temperature.floor())));
        }
        return Torch.to(Torch.floats(factors, Torch.device(like)), DType.of(like))
                .view(at.length, 1, 1);
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("attention backward")) {
            Tensor attended = tape.get("attention.output");
            Tensor dOutput = heads(output.backward(dy, flat(attended), tape));
            Inputs qkv = new Inputs(tape.get("attention.q"), tape.get("attention.k"), tape.get("attention.v"));
            Result saved = new Result(attended, tape.get("attention.statistics"));
            Columns projected = inputs.gradients(List.of(qkv.q(), qkv.k(), qkv.v()), tape);
            Inputs gradients = new Inputs(heads(projected.part(0)), heads(projected.part(1)), heads(projected.part(2)));
            kernel.backward(dOutput, qkv, saved, positions.layout(), shape.rule, gradients);
            if (shape.temperature != null) {
                gradients.q().mul_(growth(positions, gradients.q()));
            }
            Angles angles = angles(positions);
            query.backward(gradients.q(), angles, tape);
            key.backward(gradients.k(), angles, tape);
            value.backward(gradients.v(), null, tape);
            return scope.keep(inputs.backward(projected, x, tape));
        }
    }

    private Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, shape.headDim);
    }

    private static Tensor flat(Tensor heads) {
        return heads.view(heads.size(0), -1);
    }

    @Override
    public boolean needsInput() {
        return inputs.needsInput();
    }

    @Override
    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>(inputs.maps());
        all.add(output);
        return all;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> own = new ArrayList<>();
        if (norms != null) {
            own.addAll(norms.query().parameters());
            own.addAll(norms.key().parameters());
        }
        if (shape.rule.sinks() != null) {
            own.add(shape.rule.sinks());
        }
        return own;
    }
}
