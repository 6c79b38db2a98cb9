import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.training.optim.AdamW;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.optim.OptimizerFactory;
import dev.finetune4j.training.optim.ParameterGroups;
import dev.finetune4j.training.walk.ActivationPolicy;
import dev.finetune4j.training.walk.BatchWalk;
import dev.finetune4j.training.walk.Walk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the time of one training step goes: LoRA on all maps of a model folder, two micro-batches of four random rows with
 * the lengths of an instruction data set. Prints steps, memory, page faults, the profile of the last steps by part, and the
 * floor: the products that a step cannot do without, at the rate this machine multiplies.
 *
 * <p>Run by {@code profile.sh}: {@code MODEL KEEP|RECOMPUTE|OFFLOAD fp32|bf16 STEPS}.
 */
public final class StepProfile {
    private static final int[][] ROWS = {{120, 310, 512, 90}, {150, 200, 180, 207}};
    private static final double PROMPT = 0.35;
    private static final int HEAD_CHUNK = 170;
    private static final int PERIOD_MILLIS = 3;

    private final Decoder decoder;
    private final Walk walk;
    private final List<TokenBatch> batches = new ArrayList<>();

    private StepProfile(Path folder, ActivationPolicy policy, boolean bf16) {
        ModelConfig config = ConfigFile.open(folder).read();
        ComputePolicy compute = bf16 ? ComputePolicy.choose(false, true, true) : ComputePolicy.FP32;
        var kernel = AttentionKernels.fastest(config.attention(), compute.product(), Device.CPU);
        decoder = new DecoderLoader(config, compute, kernel, Device.CPU).load(folder);
        new LoraTuning().install(decoder, TuningRequest.of("model", 1).withPureBf16(bf16));
        walk = new Walk(
                decoder,
                new Walk.Options(
                        Collections.nCopies(decoder.blocks().size(), policy), HEAD_CHUNK, 0, 0));
        Random random = new Random(1);
        for (int[] lengths : ROWS) {
            List<TokenRow> rows = new ArrayList<>();
            for (int length : lengths) {
                rows.add(row(length, config.sizes().vocabulary(), random, rows.size()));
            }
            batches.add(new TokenBatch(rows));
        }
        System.out.printf("kernel %s, %s, %s%n", kernel.name(), policy, compute.reason());
    }

    private static TokenRow row(int length, int vocabulary, Random random, int number) {
        int[] ids = random.ints(length, 0, vocabulary).toArray();
        int[] labels = ids.clone();
        java.util.Arrays.fill(labels, 0, (int) (length * PROMPT), dev.finetune4j.core.batch.Labels.IGNORED);
        return TokenRow.of(ids, labels, number);
    }

    private int tokens() {
        return batches.stream().mapToInt(TokenBatch::length).sum();
    }

    private int labelled() {
        return batches.stream().mapToInt(TokenBatch::labelled).sum();
    }

    private double step(int number, AdamW optimizer) {
        double loss = 0;
        decoder.parameters().trainable().forEach(Parameter::reserveGradient);
        for (TokenBatch batch : batches) {
            loss += walk.forwardBackward(batch, new BatchWalk.Position(number, 0), 1.0 / labelled());
        }
        List<Parameter> trainable = decoder.parameters().trainable();
        GradientClip.clip(trainable, 1.0);
        optimizer.update(trainable, 1e-4);
        trainable.forEach(Parameter::clearGradient);
        return loss / labelled();
    }

    /** Samples the stack of one thread and counts what it was doing. */
    private static final class Sampler extends Thread {
        private final Thread watched;
        private final Map<String, Integer> counts = new TreeMap<>();
        private volatile boolean on;
        private volatile boolean ended;

        Sampler(Thread watched) {
            this.watched = watched;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!ended) {
                java.util.concurrent.locks.LockSupport.parkNanos(PERIOD_MILLIS * 1_000_000L);
                if (on) {
                    counts.merge(part(watched.getStackTrace()), 1, Integer::sum);
                }
            }
        }

        /** The innermost frame that says which part of a step this is. */
        private static String part(StackTraceElement[] stack) {
            for (StackTraceElement frame : stack) {
                String type = frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1);
                String part = switch (type) {
                    case "DenseWeight", "JoinedWeight" -> head(stack) ? "products of the head" : "products of the blocks";
                    case "LowRank", "LoraDelta" -> "low-rank updates";
                    case "FusedAttention", "ChunkedAttention" -> "attention kernel";
                    case "RmsNorm" -> "norms";
                    case "RotaryEmbedding" -> "rotary embedding";
                    case "GatedFeedForward" -> "silu and its gradient";
                    case "HeadWalk", "Head" -> "head without products";
                    case "AdamW", "GradientClip" -> "optimizer and clipping";
                    case "Scope" -> frame.getMethodName().equals("close") ? "scopes: freeing" : "scopes: opening";
                    case "Block", "Attention", "ProjectionGroup", "Walk", "Trace", "Embedding", "StepProfile" -> "rest";
                    default -> "";
                };
                if (!part.isEmpty()) {
                    return part;
                }
            }
            return "rest";
        }

        private static boolean head(StackTraceElement[] stack) {
            for (StackTraceElement frame : stack) {
                if (frame.getClassName().endsWith(".HeadWalk")) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Multiply-adds twice: forward and input gradient of all frozen maps and of the head; attention is counted causal. */
    private double floorOperations() {
        double maps = 0;
        for (var linear : decoder.linears()) {
            long[] shape = linear.weight().parameter().shape();
            maps += (double) shape[0] * shape[1];
        }
        long[] head = decoder.head().map().weight().parameter().shape();
        double attention = 0;
        for (int[] lengths : ROWS) {
            for (int length : lengths) {
                attention += 0.5 * length * length;
            }
        }
        var sizes = decoder.config().attention();
        double perPair = (double) sizes.heads() * sizes.headDim() * 2 * 7 * decoder.blocks().size();
        return 4 * (maps * tokens() + (double) head[0] * head[1] * labelled()) + perPair * attention;
    }

    /** Operations a second in the largest product of a block, best of many. */
    private double rate(DType dtype) {
        long hidden = decoder.config().sizes().hidden();
        long inner = 2L * decoder.config().sizes().intermediate();
        long rows = tokens() / 2;
        double best = 0;
        try (Scope scope = Scope.open("rate")) {
            Tensor x = Torch.zeros(dtype, Device.CPU, rows, hidden);
            Tensor w = Torch.zeros(dtype, Device.CPU, inner, hidden);
            for (int i = 0; i < 40; i++) {
                try (Scope round = Scope.open("round")) {
                    long start = System.nanoTime();
                    Torch.product(x, w, null);
                    best = Math.max(best, 2.0 * rows * hidden * inner / ((System.nanoTime() - start) / 1e9));
                }
            }
        }
        return best;
    }

    private static long processStat(int field) throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field - 3]);
    }

    private static String status(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.replaceAll("\\s+", " "))
                .findFirst()
                .orElse(key + ": unknown");
    }

    public static void main(String[] args) throws Exception {
        Torch.load();
        boolean bf16 = args[2].equals("bf16");
        StepProfile profile = new StepProfile(Path.of(args[0]), ActivationPolicy.valueOf(args[1]), bf16);
        AdamW optimizer = new AdamW(
                new OptimizerFactory.Settings(ParameterGroups.standard(0), 0.9, 0.999, 1e-8));
        System.out.printf("%d tokens, %d labelled%n", profile.tokens(), profile.labelled());
        Sampler sampler = new Sampler(Thread.currentThread());
        sampler.start();
        int steps = Integer.parseInt(args[3]);
        double best = Double.MAX_VALUE;
        for (int i = 0; i < steps; i++) {
            sampler.on = i > 0;
            long faults = processStat(10);
            long ticks = processStat(14) + processStat(15);
            long start = System.nanoTime();
            double loss = profile.step(i, optimizer);
            double seconds = (System.nanoTime() - start) / 1e9;
            best = Math.min(best, seconds);
            System.out.printf(
                    "step %d: %.2f s, %.2f s of processor, %d page faults, loss %.6f%n",
                    i + 1, seconds, (processStat(14) + processStat(15) - ticks) / 100.0, processStat(10) - faults, loss);
        }
        sampler.on = false;
        sampler.ended = true;
        sampler.join();
        System.out.println(status("VmHWM") + "; " + status("RssAnon") + "; " + status("RssFile"));
        int samples = sampler.counts.values().stream().mapToInt(Integer::intValue).sum();
        sampler.counts.entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .forEach(e -> System.out.printf("%6.1f %%  %s%n", 100.0 * e.getValue() / Math.max(1, samples), e.getKey()));
        double rate = profile.rate(bf16 ? DType.BFLOAT16 : DType.FLOAT32);
        double operations = profile.floorOperations();
        System.out.printf(
                "floor: %.0f G operations at %.0f G/s: %.2f s; best step %.2f s, %.1f times the floor%n",
                operations / 1e9, rate / 1e9, operations / rate, best, best / (operations / rate));
        profile.decoder.close();
    }
}
