package dev.finetune4j.core.model.attention.latent;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TokenPositions;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionKernel.Inputs;
import dev.finetune4j.core.model.attention.AttentionKernel.Result;
import dev.finetune4j.core.model.attention.AttentionRule;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.model.projection.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-AI 2024, section 2.1) in its expanded form. With {@code [c | r]} a token's narrow
 * vector, its plain keys and values are {@code W norm(c)}; behind the plain part of every head's key stands the rotated r,
 * which all heads share. Queries are made at once or likewise of a narrow vector of their own.
 *
 * <p>On the tape: the narrow vectors before their norms, the kernel's output and row statistics; on a full one also the
 * rotated queries and the plain keys with the values. Whole keys are put together again from these.
 */
public final class LatentAttention implements SelfAttention {
    private final Maps maps;
    private final @Nullable Narrow query;
    private final Projections inputs;
    private final AttentionKernel kernel;
    private final Shape shape;

    /**
     * The way from hidden states to the queries' narrow vectors.
     *
     * @param map {@code hidden → queryRank}
     * @param norm of its result
     */
    public record Narrow(Linear map, Norm norm) {}

    /**
     * The other maps.
     *
     * @param query to the queries of all heads, each its plain part and then the one to be rotated
     * @param narrow {@code hidden → keyValueRank + rotatedDim}
     * @param norm of the first {@code keyValueRank} of these
     * @param keyValue to the plain key and the value of all heads, a head's key and value together
     * @param output {@code heads · valueDim → hidden}
     */
    public record Maps(Linear query, Linear narrow, Norm norm, Linear keyValue, Linear output) {}

    /**
     * Widths, and what a query sees.
     *
     * @param rope index of the rotary embedding; -1 for no rotation
     */
    public record Shape(LatentConfig widths, AttentionRule rule, int rope) {}

    /** @param query null where queries are made of the hidden states at once */
    public LatentAttention(Maps maps, @Nullable Narrow query, AttentionKernel kernel, Shape shape) {
        this.maps = maps;
        this.query = query;
        this.inputs = query == null ? new ProjectionGroup(maps.narrow) : new ProjectionGroup(query.map, maps.narrow);
        this.kernel = kernel;
        this.shape = shape;
    }

    @Override
    public Tensor forward(Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("latent attention")) {
            Columns narrow = inputs.forward(x, tape);
            Tensor narrowQuery = query == null ? null : narrow.part(0);
            if (narrowQuery != null) {
                tape.put("latent.query", narrowQuery);
            }
            Tensor latent = narrow.part(query == null ? 0 : 1);
            tape.put("latent.keyValue", latent);
            Tensor q = queries(queryInput(x, narrowQuery), positions, tape);
            Inputs qkv = inputs(q, keyValues(latent, tape), latent, positions);
            Result result = kernel.forward(qkv.q(), qkv.k(), qkv.v(), positions.layout(), shape.rule);
            tape.put("attention.output", result.output());
            tape.put("attention.statistics", result.statistics());
            return scope.keep(maps.output.forward(flat(result.output()), tape));
        }
    }

    @Override
    public void replay(Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("latent attention replay")) {
            queries(queryInput(x, tape.find("latent.query")), positions, tape);
            keyValues(tape.get("latent.keyValue"), tape);
        }
    }

    /** What the map to the queries reads. */
    private Tensor queryInput(Tensor x, @Nullable Tensor narrowQuery) {
        return query == null || narrowQuery == null ? x : query.norm.forward(narrowQuery, DType.of(narrowQuery));
    }

    /** Rotated queries {@code [tokens, heads, queryDim]}. */
    private Tensor queries(Tensor input, TokenPositions positions, Tape tape) {
        Tensor q = heads(maps.query.forward(input, tape), shape.widths.queryDim());
        if (shape.rope >= 0) {
            RotaryEmbedding.rotate(rotated(q), positions.angles().get(shape.rope));
        }
        tape.putWide("attention.q", q);
        return q;
    }

    /** Plain keys and values {@code [tokens, heads, plainDim + valueDim]}. */
    private Tensor keyValues(Tensor latent, Tape tape) {
        Tensor wide =
                heads(maps.keyValue.forward(normed(latent), tape), shape.widths.plainDim() + shape.widths.valueDim());
        tape.putWide("attention.kv", wide);
        return wide;
    }

    private Tensor normed(Tensor latent) {
        return maps.norm.forward(content(latent), DType.of(latent));
    }

    /** What the kernel reads: whole keys are fresh, values a view. */
    private Inputs inputs(Tensor q, Tensor keyValues, Tensor latent, TokenPositions positions) {
        LatentConfig widths = shape.widths;
        Tensor shared = latent.narrow(1, widths.keyValueRank(), widths.rotatedDim())
                .unsqueeze(1)
                .clone();
        if (shape.rope >= 0) {
            RotaryEmbedding.rotate(shared, positions.angles().get(shape.rope));
        }
        Tensor k = Torch.empty(DType.of(q), Torch.device(q), q.shape());
        plain(k).copy_(plain(keyValues));
        rotated(k).copy_(shared);
        return new Inputs(q, k, values(keyValues));
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, TokenPositions positions, Tape tape) {
        try (Scope scope = Scope.open("latent attention backward")) {
            Tensor latent = tape.get("latent.keyValue");
            Tensor keyValues = tape.get("attention.kv");
            Tensor attended = tape.get("attention.output");
            Tensor dOutput = heads(maps.output.backward(dy, flat(attended), tape), shape.widths.valueDim());
            Inputs qkv = inputs(tape.get("attention.q"), keyValues, latent, positions);
            Result saved = new Result(attended, tape.get("attention.statistics"));
            Tensor dKeyValues = Torch.empty(DType.of(keyValues), Torch.device(keyValues), keyValues.shape());
            Inputs whole = qkv.emptyLike();
            Inputs gradients = new Inputs(whole.q(), whole.k(), values(dKeyValues));
            kernel.backward(dOutput, qkv, saved, positions.layout(), shape.rule, gradients);
            plain(dKeyValues).copy_(plain(gradients.k()));
            if (shape.rope >= 0) {
                RotaryEmbedding.rotateBack(
                        rotated(gradients.q()), positions.angles().get(shape.rope));
            }
            Columns narrow = narrowGradients(latent, tape);
            Tensor dLatent = narrow.part(query == null ? 0 : 1);
            sharedBackward(rotated(gradients.k()), positions, dLatent);
            keyValueBackward(dKeyValues, latent, dLatent, tape);
            return scope.keep(inputsBackward(gradients.q(), narrow, x, tape));
        }
    }

    private Columns narrowGradients(Tensor latent, Tape tape) {
        return inputs.gradients(query == null ? List.of(latent) : List.of(tape.get("latent.query"), latent), tape);
    }

    /** The part of a key that all heads share gets the sum of their gradients. */
    private void sharedBackward(Tensor dRotated, TokenPositions positions, Tensor dLatent) {
        Tensor sum = dRotated.sum(new long[] {1}, true, new ScalarTypeOptional());
        if (shape.rope >= 0) {
            RotaryEmbedding.rotateBack(sum, positions.angles().get(shape.rope));
        }
        dLatent.narrow(1, shape.widths.keyValueRank(), shape.widths.rotatedDim())
                .copy_(sum.squeeze(1));
    }

    private void keyValueBackward(Tensor dKeyValues, Tensor latent, Tensor dLatent, Tape tape) {
        Tensor input = maps.keyValue.needsInput() ? normed(latent) : null;
        Tensor dNormed = maps.keyValue.backward(flat(dKeyValues), input, tape);
        content(dLatent).copy_(maps.norm.backward(dNormed, content(latent)));
    }

    /** Gradient of the hidden states, through queries and narrow vectors. */
    private Tensor inputsBackward(Tensor dq, Columns narrow, @Nullable Tensor x, Tape tape) {
        if (query == null) {
            Tensor dx = maps.query.backward(flat(dq), x, tape);
            return inputs.backward(narrow, x, tape).add_(dx);
        }
        Tensor narrowQuery = tape.get("latent.query");
        Tensor input = maps.query.needsInput() ? query.norm.forward(narrowQuery, DType.of(narrowQuery)) : null;
        Tensor dNormed = maps.query.backward(flat(dq), input, tape);
        narrow.part(0).copy_(query.norm.backward(dNormed, narrowQuery));
        return inputs.backward(narrow, x, tape);
    }

    /** The part of a narrow vector that keys and values are made of. */
    private Tensor content(Tensor latent) {
        return latent.narrow(1, 0, shape.widths.keyValueRank());
    }

    private Tensor plain(Tensor heads) {
        return heads.narrow(2, 0, shape.widths.plainDim());
    }

    private Tensor rotated(Tensor heads) {
        return heads.narrow(2, shape.widths.plainDim(), shape.widths.rotatedDim());
    }

    private Tensor values(Tensor keyValues) {
        return keyValues.narrow(2, shape.widths.plainDim(), shape.widths.valueDim());
    }

    private static Tensor heads(Tensor flat, long width) {
        return flat.view(flat.size(0), -1, width);
    }

    private static Tensor flat(Tensor heads) {
        return heads.view(heads.size(0), -1);
    }

    @Override
    public boolean needsInput() {
        return inputs.needsInput() || (query == null && maps.query.needsInput());
    }

    @Override
    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>();
        if (query != null) {
            all.add(query.map);
        }
        all.addAll(List.of(maps.query, maps.narrow, maps.keyValue, maps.output));
        return all;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> own = new ArrayList<>();
        if (query != null) {
            own.addAll(query.norm.parameters());
        }
        own.addAll(maps.norm.parameters());
        if (shape.rule.sinks() != null) {
            own.add(shape.rule.sinks());
        }
        return own;
    }
}
