package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.weights.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Small mixtures of experts with random weights. */
public final class TinyExperts {
    public static final int HIDDEN = 24;
    public static final int COUNT = 6;
    public static final int PER_TOKEN = 2;
    public static final int WIDTH = 10;
    public static final String BLOCK = "b";

    private TinyExperts() {}

    /** A router of every rule, with what makes it differ from the plainest. */
    public static ExpertConfig.Router router(String rule) {
        return switch (rule) {
            case "softmax" -> new ExpertConfig.Router(Score.SOFTMAX, false, 1, 1, 1, false, 0);
            case "softmax normalised" -> ExpertConfig.Router.softmax(true);
            case "softmax scaled in groups" -> new ExpertConfig.Router(Score.SOFTMAX, false, 2.5, 3, 2, false, 0);
            case "softmax corrected" -> new ExpertConfig.Router(Score.SOFTMAX, true, 1, 1, 1, true, 0);
            case "softmax of chosen" -> new ExpertConfig.Router(Score.SOFTMAX_OF_CHOSEN, false, 1, 1, 1, false, 0);
            case "sigmoid in groups" -> new ExpertConfig.Router(Score.SIGMOID, true, 1.8, 2, 1, true, 0);
            case "sigmoid" -> new ExpertConfig.Router(Score.SIGMOID, false, 1.5, 1, 1, true, 0);
            case "sigmoid on input" -> new ExpertConfig.Router(Score.SIGMOID_ON_INPUT, false, 1, 1, 1, false, 0);
            case "sparse mixer" -> new ExpertConfig.Router(Score.SPARSE_MIXER, false, 1, 1, 1, false, 0.2);
            default -> throw new IllegalArgumentException(rule);
        };
    }

    /** A mixture with separate, plain experts and nothing shared. */
    public static ExpertConfig config(String rule) {
        return config(router(rule), Form.GATED, Storage.SEPARATE, false, null);
    }

    public static ExpertConfig config(
            ExpertConfig.Router router,
            Form form,
            Storage storage,
            boolean bias,
            ExpertConfig.@Nullable Shared shared) {
        return new ExpertConfig(
                COUNT,
                PER_TOKEN,
                WIDTH,
                router,
                form,
                storage,
                bias,
                shared,
                new boolean[] {true},
                0,
                ExpertConfig.Names.USUAL);
    }

    public static ExpertFacts facts(ExpertConfig config) {
        return new ExpertFacts(
                HIDDEN,
                config,
                new FeedForwardConfig(FeedForwardConfig.Kind.GATED, "silu", 12, false),
                Names.FeedForward.LLAMA);
    }

    /** Adds random parameters of all shapes to the parts, in checkpoint order, in a dtype. */
    public static void fill(Parts parts, ExpertConfig config, DType dtype) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ExpertShapes block = new ExpertShapes(facts(config), BLOCK);
        block.addTo(shapes);
        Map<String, Tensor> joint = new LinkedHashMap<>();
        try (Scope scope = Scope.open("fill")) {
            block.neighbours().forEach(group -> place(group, shapes, parts, joint));
            shapes.forEach((name, shape) -> {
                Tensor values = joint.containsKey(name) ? joint.get(name) : random(parts, name, shape);
                parts.store().add(new Parameter(name, Torch.to(values, dtype)));
            });
        }
    }

    /** Matrices of a group as rows of one. */
    private static void place(
            java.util.List<String> group, Map<String, long[]> shapes, Parts parts, Map<String, Tensor> into) {
        long rows = group.stream().mapToLong(name -> shapes.get(name)[0]).sum();
        Tensor whole = random(parts, group.get(0), new long[] {rows, shapes.get(group.get(0))[1]});
        long row = 0;
        for (String name : group) {
            into.put(name, whole.narrow(0, row, shapes.get(name)[0]));
            row += shapes.get(name)[0];
        }
    }

    private static Tensor random(Parts parts, String name, long[] shape) {
        double width = name.contains("bias") ? 3 : Math.sqrt(shape[shape.length - 1]);
        return parts.random().normal(shape).mul_(Torch.scalar(1.5 / width));
    }

    public static FeedForward build(Parts parts, ExpertConfig config, RouterStatistics statistics) {
        return new ExpertBuilder(facts(config), parts.store(), parts.workspace(), statistics).build(BLOCK);
    }

    /** A filled and built mixture in fp32. */
    public static FeedForward make(Parts parts, ExpertConfig config) {
        fill(parts, config, DType.FLOAT32);
        return build(parts, config, new RouterStatistics(config.count()));
    }

    public static PairCheck.Pair pair(FeedForward layer) {
        return new PairCheck.Pair() {
            @Override
            public Tensor forward(Tensor x, Tape tape) {
                return layer.forward(x, tape);
            }

            @Override
            public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
                return layer.backward(dy, x, tape);
            }

            @Override
            public boolean needsInput() {
                return layer.needsInput();
            }
        };
    }
}
