import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.experts.ExpertBuilder;
import dev.finetune4j.core.model.experts.ExpertFacts;
import dev.finetune4j.core.model.experts.ExpertShapes;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A mixture of experts beside a dense gated layer of as many active operations: forward and backward of both in turn, on
 * fresh random tokens each time so that the number of tokens of an expert never stays. Prints the medians and the median of
 * the ratios of neighbours, frozen and trained.
 *
 * <p>Run by {@code experts.sh}: {@code HIDDEN WIDTH EXPERTS PER_TOKEN TOKENS ROUNDS SEPARATE|STACKED|STACKED_TRANSPOSED}.
 */
public final class ExpertProfile {
    private static final int WARM_UP = 30;

    private final int hidden;
    private final int tokens;
    private final int rounds;
    private final ParameterStore store = new ParameterStore();
    private final Workspace workspace = new Workspace();
    private final TapeMemory tapeMemory = new TapeMemory();
    private final FeedForward mixture;
    private final FeedForward dense;

    private ExpertProfile(int[] sizes, ExpertConfig.Storage storage) {
        hidden = sizes[0];
        tokens = sizes[4];
        rounds = sizes[5];
        ExpertConfig config = new ExpertConfig(
                sizes[2],
                sizes[3],
                sizes[1],
                ExpertConfig.Router.softmax(true),
                ExpertConfig.Form.GATED,
                storage,
                false,
                null,
                new boolean[] {true},
                0,
                ExpertConfig.Names.USUAL);
        ExpertFacts facts = new ExpertFacts(
                hidden,
                config,
                new FeedForwardConfig(FeedForwardConfig.Kind.GATED, "silu", sizes[1], false),
                Names.FeedForward.LLAMA);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ExpertShapes block = new ExpertShapes(facts, "block");
        block.addTo(shapes);
        fill(shapes, block.neighbours());
        mixture = new ExpertBuilder(facts, store, workspace, new RouterStatistics(sizes[2])).build("block");
        long inner = (long) sizes[1] * sizes[3];
        Map<String, long[]> maps = new LinkedHashMap<>();
        maps.put("gate.weight", new long[] {inner, hidden});
        maps.put("up.weight", new long[] {inner, hidden});
        maps.put("down.weight", new long[] {hidden, inner});
        fill(maps, List.of(List.of("gate.weight", "up.weight")));
        dense = new GatedFeedForward(
                new ProjectionGroup(linear("gate"), linear("up")), linear("down"), Activation.SILU, workspace);
    }

    private Linear linear(String name) {
        return new Linear(name, new DenseWeight(store.get(name + ".weight"), workspace), null);
    }

    private void fill(Map<String, long[]> shapes, List<List<String>> neighbours) {
        try (Scope scope = Scope.open("fill")) {
            Map<String, Tensor> placed = new LinkedHashMap<>();
            for (List<String> group : neighbours) {
                long rows = group.stream().mapToLong(name -> shapes.get(name)[0]).sum();
                Tensor whole = Torch.empty(DType.FLOAT32, Device.CPU, rows, shapes.get(group.get(0))[1]);
                long row = 0;
                for (String name : group) {
                    placed.put(name, whole.narrow(0, row, shapes.get(name)[0]));
                    row += shapes.get(name)[0];
                }
            }
            shapes.forEach((name, shape) -> {
                Tensor value = placed.containsKey(name)
                        ? placed.get(name)
                        : Torch.empty(DType.FLOAT32, Device.CPU, shape);
                store.add(new Parameter(name, value.normal_(0, 1 / Math.sqrt(hidden), new org.bytedeco.pytorch.GeneratorOptional())));
            });
        }
    }

    private double millis(FeedForward layer, Tensor x, Tensor dy) {
        long start = clock();
        try (Scope scope = Scope.open("round");
                Tape tape = Tape.saving(Draws.NONE, tapeMemory)) {
            layer.forward(x, tape);
            layer.backward(dy, layer.needsInput() ? x : null, tape);
        }
        double millis = (clock() - start) / 1e6;
        store.all().forEach(Parameter::clearGradient);
        return millis;
    }

    /** Of the wall; with one thread that of the processor, which other work on the machine distorts less. */
    private static long clock() {
        return Torch.threads() == 1
                ? java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    private void compare(String what, boolean trained) {
        store.all().forEach(parameter -> {
            parameter.trainable(trained);
            if (trained) {
                parameter.reserveGradient();
            }
        });
        double[][] times = new double[3][rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            try (Scope scope = Scope.open("tokens")) {
                Tensor x = Torch.empty(DType.FLOAT32, Device.CPU, tokens, hidden).normal_();
                Tensor dy = Torch.empty(DType.FLOAT32, Device.CPU, tokens, hidden).normal_();
                double ours = millis(mixture, x, dy);
                double plain = millis(dense, x, dy);
                if (i >= 0) {
                    times[0][i] = ours;
                    times[1][i] = plain;
                    times[2][i] = ours / plain;
                }
            }
        }
        for (double[] column : times) {
            Arrays.sort(column);
        }
        System.out.printf(
                "%s: experts %.2f ms (best %.2f), dense %.2f ms (best %.2f), ratio %.2f (of bests %.2f)%n",
                what,
                times[0][rounds / 2],
                times[0][0],
                times[1][rounds / 2],
                times[1][0],
                times[2][rounds / 2],
                times[0][0] / times[1][0]);
    }

    public static void main(String[] args) {
        Torch.load();
        int[] sizes = Arrays.stream(args).limit(6).mapToInt(Integer::parseInt).toArray();
        try (NoGradGuard guard = new NoGradGuard()) {
            ExpertProfile profile = new ExpertProfile(sizes, ExpertConfig.Storage.valueOf(args[6]));
            System.out.printf(
                    "hidden %d, %d experts of width %d, %d a token, %d tokens, %s, %d threads%n",
                    sizes[0], sizes[2], sizes[1], sizes[3], sizes[4], args[6], Torch.threads());
            profile.compare("frozen", false);
            profile.compare("trained", true);
            profile.store.close();
            profile.workspace.close();
            profile.tapeMemory.close();
        }
    }
}
