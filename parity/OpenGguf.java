import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.gguf.GgufFolder;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.data.tokenizer.rebuild.TokenizerRebuild;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Opens a GGUF file as a run does, encodes texts with both tokenizers that are made of it, and computes logits. For
 * {@code gguf_end_to_end.py}, which starts it as a single source file:
 *
 * <pre>java -cp "$(cat cli/target/classpath)" parity/OpenGguf.java FILE.gguf WORK</pre>
 *
 * WORK holds {@code texts.json}, a list, and {@code rows.json}, lists of ids; it gets {@code ids-metadata.json},
 * {@code ids-transformers.json} and {@code logits.f32}, little-endian, rows one after the other. Prints what opening takes: from the path
 * to a decoder whose weights are read, the first time with the folder of small files made.
 */
final class OpenGguf {
    private final Path file;
    private final Path work;
    private final ObjectMapper mapper = new ObjectMapper();

    private OpenGguf(Path file, Path work) {
        this.file = file;
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        OpenGguf run = new OpenGguf(Path.of(arguments[0]), Path.of(arguments[1]));
        HuggingFaceTokenizer.loadLibrary();
        Torch.load();
        run.encode("transformers", "as transformers", TokenizerRebuild::fromGgufAsTransformers);
        run.encode("metadata", "", TokenizerRebuild::fromGguf);
        for (int time = 1; time < 4; time++) {
            run.open(run.work.resolve("cache-" + System.nanoTime()), time).close();
        }
        Path cache = run.work.resolve("cache");
        for (int time = 1; time < 4; time++) {
            run.open(cache, time).close();
        }
        try (Decoder decoder = run.open(cache, 4)) {
            run.logits(decoder);
        }
    }

    private void encode(String name, String way, GgufFolder.Extras extras) throws Exception {
        List<int[]> ids = new ArrayList<>();
        Path folder = GgufFolder.prepare(file, work.resolve("cache"), way, extras);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder)) {
            for (String text : mapper.readValue(work.resolve("texts.json").toFile(), String[].class)) {
                ids.add(tokenizer.encode(text));
            }
        }
        mapper.writeValue(work.resolve("ids-" + name + ".json").toFile(), ids);
    }

    private Decoder open(Path cache, int time) {
        boolean made = Files.isDirectory(cache);
        long start = System.nanoTime();
        Path folder = GgufFolder.prepare(file, cache, TokenizerRebuild::fromGguf);
        long prepared = System.nanoTime();
        ModelConfig config = ConfigFile.open(folder).read();
        Decoder decoder = new DecoderLoader(
                        config,
                        ComputePolicy.FP32,
                        AttentionKernels.fastest(config.attention(), DType.FLOAT32, Device.CPU),
                        Device.CPU)
                .load(folder);
        long end = System.nanoTime();
        System.out.printf(
                Locale.ROOT,
                "opened in %.2f s, %.2f s of it for the folder of small files, which %s (time %d)%n",
                (end - start) / 1e9,
                (prepared - start) / 1e9,
                made ? "was there" : "was made",
                time);
        return decoder;
    }

    private void logits(Decoder decoder) throws Exception {
        int[][] rows = mapper.readValue(work.resolve("rows.json").toFile(), int[][].class);
        try (OutputStream out = Files.newOutputStream(work.resolve("logits.f32"))) {
            for (int i = 0; i < rows.length; i++) {
                try (Scope scope = Scope.open("row")) {
                    TokenRow row = TokenRow.of(rows[i], rows[i].clone(), i);
                    float[] values = Torch.toFloats(new FrozenPass(decoder).logits(new TokenBatch(List.of(row))));
                    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(values);
                    out.write(bytes.array());
                }
            }
        }
    }
}
