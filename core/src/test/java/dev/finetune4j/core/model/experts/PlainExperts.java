package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A mixture of experts in plain differentiable operators: every expert runs on every token, weighed by zero where it was not
 * chosen. The choice is made in Java, one token at a time.
 */
public final class PlainExperts {
    private final ExpertConfig config;
    private final Map<String, Tensor> p;

    private PlainExperts(ExpertConfig config, Map<String, Tensor> p) {
        this.config = config;
        this.p = p;
    }

    /** The oracle over {@code inputs}: x and the values of all parameters of the store, in its order. */
    public static Tensor forward(ExpertConfig config, ParameterStore store, List<Tensor> inputs) {
        return over(config, store, inputs).forward(inputs.get(0));
    }

    private static PlainExperts over(ExpertConfig config, ParameterStore store, List<Tensor> inputs) {
        Map<String, Tensor> named = new HashMap<>();
        int at = 1;
        for (Parameter parameter : store.all()) {
            named.put(parameter.name(), inputs.get(at++));
        }
        return new PlainExperts(config, named);
    }

    /**
     * What the load-balancing loss needs of one block.
     *
     * @param chosen one where an expert was chosen {@code [tokens, experts]}
     * @param probabilities softmax over all experts, attached to the graph
     */
    public record Routed(Tensor chosen, Tensor probabilities) {}

    /** As {@link #forward(ExpertConfig, ParameterStore, List)} takes them. */
    public static Routed routed(ExpertConfig config, ParameterStore store, List<Tensor> inputs) {
        PlainExperts plain = over(config, store, inputs);
        Tensor z = plain.logits(inputs.get(0));
        Tensor chosen = torch.zeros_like(z.detach()).scatter_(1, plain.choose(z), Torch.scalar(1));
        return new Routed(chosen, torch.softmax(z, -1));
    }

    private Tensor get(String name) {
        Tensor tensor = p.get(TinyExperts.BLOCK + ".mlp." + name);
        if (tensor == null) {
            throw new IllegalArgumentException(name);
        }
        return tensor;
    }

    private Tensor logits(Tensor x) {
        Tensor z = PlainOps.linear(x, get("gate.weight"));
        return config.bias() ? z.add(get("gate.bias")) : z;
    }

    private Tensor forward(Tensor x) {
        Tensor z = logits(x);
        Tensor ids = choose(z);
        Tensor weights = torch.zeros_like(z.detach()).scatter(1, ids, weights(z, ids));
        boolean onInput = config.router().score() == ExpertConfig.Score.SIGMOID_ON_INPUT;
        // A correction has no gradient, but the graph has to know it.
        Tensor y = config.router().correction()
                ? x.mul(get("gate.e_score_correction_bias").mul(Torch.scalar(0)).sum())
                : torch.zeros_like(x.detach());
        for (int e = 0; e < config.count(); e++) {
            Tensor w = weights.narrow(1, e, 1);
            y = y.add(onInput ? expert(e, x.mul(w)) : expert(e, x).mul(w));
        }
        return config.shared() == null ? y : y.add(shared(x, config.shared().gated()));
    }

    private Tensor shared(Tensor x, boolean gated) {
        Tensor gate = PlainOps.linear(x, get("shared_experts.gate_proj.weight"));
        Tensor up = PlainOps.linear(x, get("shared_experts.up_proj.weight"));
        Tensor y = PlainOps.linear(silu(gate).mul(up), get("shared_experts.down_proj.weight"));
        return gated
                ? y.mul(PlainOps.linear(x, get("shared_expert_gate.weight")).sigmoid())
                : y;
    }

    private static Tensor silu(Tensor x) {
        return x.mul(x.sigmoid());
    }

    private Tensor expert(int e, Tensor x) {
        if (config.storage() == ExpertConfig.Storage.SEPARATE) {
            String name = "experts." + e + ".";
            return biased(inner(biased(x, name + "gate_proj"), biased(x, name + "up_proj")), name + "down_proj");
        }
        Tensor both = stacked(x, "gate_proj", e);
        boolean alternating = config.form() == ExpertConfig.Form.CLAMPED;
        long width = config.width();
        Tensor gate = alternating ? both.view(x.size(0), width, 2).select(2, 0) : both.narrow(1, 0, width);
        Tensor up = alternating ? both.view(x.size(0), width, 2).select(2, 1) : both.narrow(1, width, width);
        return stacked(inner(gate, up), "down_proj", e);
    }

    private Tensor biased(Tensor x, String map) {
        Tensor y = PlainOps.linear(x, get(map + ".weight"));
        return config.bias() ? y.add(get(map + ".bias")) : y;
    }

    private Tensor stacked(Tensor x, String map, int e) {
        Tensor matrix = get("experts." + map).select(0, e);
        Tensor y =
                config.storage() == ExpertConfig.Storage.STACKED ? PlainOps.linear(x, matrix) : torch.matmul(x, matrix);
        return config.bias() ? y.add(get("experts." + map + "_bias").select(0, e)) : y;
    }

    private Tensor inner(Tensor gate, Tensor up) {
        if (config.form() == ExpertConfig.Form.GATED) {
            return silu(gate).mul(up);
        }
        Tensor g = gate.clamp(new ScalarOptional(), new ScalarOptional(new Scalar(7.0)));
        Tensor u = up.clamp(new ScalarOptional(new Scalar(-7.0)), new ScalarOptional(new Scalar(7.0)));
        return u.add(Torch.scalar(1)).mul(g.mul(g.mul(Torch.scalar(1.702)).sigmoid()));
    }

    private Tensor weights(Tensor z, Tensor ids) {
        ExpertConfig.Router router = config.router();
        Tensor chosen = switch (router.score()) {
            case SOFTMAX -> torch.softmax(z, -1).gather(1, ids);
            case SOFTMAX_OF_CHOSEN -> torch.softmax(z.gather(1, ids), -1);
            case SIGMOID, SIGMOID_ON_INPUT -> z.gather(1, ids).sigmoid();
            case SPARSE_MIXER -> mixed(z, ids);
        };
        if (router.normalised()) {
            chosen = chosen.div(chosen.sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()));
        }
        return chosen.mul(Torch.scalar(router.scaling()));
    }

    /** Softmax over what each round of the sparse mixer leaves, worked out one number at a time. */
    private Tensor mixed(Tensor z, Tensor ids) {
        float[] values = Torch.toFloats(z.detach());
        long[] winners = Torch.toLongs(ids);
        int n = config.count();
        int k = config.perToken();
        Tensor[] rounds = new Tensor[k];
        for (int r = 0; r < k; r++) {
            float[] mask = new float[values.length];
            for (int t = 0; t < values.length / n; t++) {
                float max = values[t * n + (int) winners[t * k + r]];
                for (int e = 0; e < n; e++) {
                    float v = values[t * n + e];
                    boolean won = false;
                    for (int earlier = 0; earlier < r; earlier++) {
                        won |= winners[t * k + earlier] == e;
                    }
                    boolean far = (max - v) / Math.max(Math.abs(v), max)
                            > 2 * config.router().jitter();
                    mask[t * n + e] = won || far ? Float.NEGATIVE_INFINITY : 0;
                }
            }
            Tensor masked =
                    z.add(Torch.to(Torch.floats(mask, Device.CPU), DType.of(z)).view(-1, n));
            rounds[r] = torch.softmax(masked, -1).gather(1, ids.narrow(1, r, 1));
        }
        return torch.cat(new org.bytedeco.pytorch.TensorVector(rounds), 1);
    }

    /** Chosen experts, best first. */
    private Tensor choose(Tensor z) {
        ExpertConfig.Router router = config.router();
        Tensor scores = switch (router.score()) {
            case SOFTMAX -> torch.softmax(z.detach(), -1);
            case SIGMOID -> z.detach().sigmoid();
            default -> z.detach();
        };
        if (router.correction()) {
            scores = scores.add(get("gate.e_score_correction_bias").detach());
        }
        float[] values = Torch.toFloats(scores);
        int n = config.count();
        long[] ids = new long[values.length / n * config.perToken()];
        for (int t = 0; t < values.length / n; t++) {
            float[] own = java.util.Arrays.copyOfRange(values, t * n, t * n + n);
            closeGroups(own, router);
            for (int i = 0; i < config.perToken(); i++) {
                int best = largest(own);
                ids[t * config.perToken() + i] = best;
                own[best] = Float.NEGATIVE_INFINITY;
            }
        }
        return Torch.longs(ids, Device.CPU).view(-1, config.perToken());
    }

    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static void closeGroups(float[] scores, ExpertConfig.Router router) {
        int size = scores.length / router.groups();
        float[] ofGroup = new float[router.groups()];
        for (int g = 0; g < router.groups(); g++) {
            float[] own = java.util.Arrays.copyOfRange(scores, g * size, g * size + size);
            java.util.Arrays.sort(own);
            ofGroup[g] = own[size - 1] + (router.score() == ExpertConfig.Score.SIGMOID ? own[size - 2] : 0);
        }
        for (int i = 0; i < router.groups() - router.chosenGroups(); i++) {
            int worst = 0;
            for (int g = 1; g < ofGroup.length; g++) {
                worst = ofGroup[g] < ofGroup[worst] ? g : worst;
            }
            ofGroup[worst] = Float.POSITIVE_INFINITY;
            java.util.Arrays.fill(scores, worst * size, worst * size + size, Float.NEGATIVE_INFINITY);
        }
    }
}
