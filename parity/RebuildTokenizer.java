import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.gguf.GgufFile;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.data.tokenizer.rebuild.TokenizerRebuild;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the tokenizer of a folder or a GGUF file anew, saves it as a result folder gets it, and encodes texts with it. For
 * {@code opens_rebuilt.py}, which starts it as a single source file:
 *
 * <pre>java -cp "$(cat cli/target/classpath)" parity/RebuildTokenizer.java SOURCE OUT TEXTS</pre>
 *
 * OUT is an existing folder, TEXTS a JSON list; the ids go to {@code OUT/ids.json}.
 */
final class RebuildTokenizer {
    private RebuildTokenizer() {}

    public static void main(String[] arguments) throws Exception {
        Path source = Path.of(arguments[0]);
        Path out = Path.of(arguments[1]);
        ObjectMapper mapper = new ObjectMapper();
        Path model = source;
        if (Files.isRegularFile(source)) {
            model = Files.createTempDirectory("rebuilt");
            long start = System.nanoTime();
            try (GgufFile file = GgufFile.open(source)) {
                TokenizerRebuild.fromGguf(file.metadata(), model);
            }
            System.out.println("made in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        }
        List<int[]> ids = new ArrayList<>();
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(model)) {
            tokenizer.save(out);
            for (String text : mapper.readValue(Path.of(arguments[2]).toFile(), String[].class)) {
                ids.add(tokenizer.encode(text));
            }
        }
        mapper.writeValue(out.resolve("ids.json").toFile(), ids);
    }
}
