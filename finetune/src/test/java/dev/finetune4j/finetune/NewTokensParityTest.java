package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What LLaMA-Factory 0.9.5 made of three new tokens; see parity/new_tokens.py. Its adapter, with the embedding and head that it
 * grew, goes on here on the model as it came (P22).
 */
class NewTokensParityTest {
    private static final Path ROOT = Path.of(System.getProperty("finetune4j.root"));
    private static final Path GOLDEN = ROOT.resolve("finetune/src/test/resources/golden/new_tokens");
    private static final String EMBEDDING = "base_model.model.model.embed_tokens.weight";
    private static final String HEAD = "base_model.model.lm_head.weight";

    @TempDir
    private Path folder;

    private JsonNode sheet;

    @BeforeEach
    void copy() throws IOException {
        sheet = new ObjectMapper().readTree(Files.readString(GOLDEN.resolve("sheet.json")));
        copy(GOLDEN.resolve("base"), folder.resolve("model"));
        copy(ROOT.resolve("data/src/test/resources/tokenizers/bytes"), folder.resolve("model"));
        copy(GOLDEN.resolve("adapter"), folder.resolve("adapter"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private FineTuneBuilder draft(String out) {
        return FineTune.builder()
                .model(folder.resolve("model").toString())
                .datasetDir(GOLDEN.resolve("data"))
                .dataset("spoken")
                .template("chatml")
                .cutoffLen(64)
                .learningRate(1e-2)
                .set("lr_scheduler_type", "constant")
                .set("disable_shuffling", true)
                .set("max_steps", 3)
                .set("per_device_train_batch_size", 2)
                .set("logging_steps", 1)
                .set("use_cpu", true)
                .set("add_tokens", "<call>,<done>")
                .set("lora_rank", 2)
                .set("lora_target", "q_proj,down_proj")
                .outputDir(folder.resolve(out));
    }

    @Test
    void tokensRowsAndWhatTrainsAreTheSame() {
        draft("fresh").set("add_special_tokens", "<|note|>").build().run();
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder.resolve("fresh"))) {
            sheet.path("tokens").properties().forEach(token -> {
                int id = token.getValue().intValue();
                assertEquals(OptionalInt.of(id), tokenizer.id(token.getKey()), token.getKey());
                boolean special = tokenizer.decode(new int[] {id}, true).isEmpty();
                assertEquals(sheet.path("special").toString().contains(token.getKey()), special, token.getKey());
            });
        }
        try (SafetensorsFile ours = SafetensorsFile.open(folder.resolve("fresh/adapter_model.safetensors"))) {
            List<String> trained = new ArrayList<>();
            sheet.path("trained").forEach(name -> trained.add(name.asText()));
            assertEquals(trained, ours.entries().keySet().stream().sorted().toList());
            assertEquals(
                    sheet.path("rows").intValue(), ours.entries().get(EMBEDDING).shape()[0]);
            assertEquals(sheet.path("rows").intValue(), ours.entries().get(HEAD).shape()[0]);
        }
    }

    @Test
    void threeStepsFromTheirAdapterHaveTheirLosses() {
        RunResult result = draft("on")
                .set("adapter_name_or_path", folder.resolve("adapter").toString())
                .build()
                .run();
        double tolerance = sheet.path("tolerance").doubleValue();
        List<Double> losses = new ArrayList<>();
        for (Map<String, Number> entry : result.history()) {
            if (entry.containsKey("loss")) {
                losses.add(entry.get("loss").doubleValue());
            }
        }
        assertEquals(3, losses.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(sheet.path("losses").get(i).doubleValue(), losses.get(i), tolerance, "step " + (i + 1));
        }
        List<Integer> theirs = new ArrayList<>();
        sheet.path("embedding_rows_trained").forEach(row -> theirs.add(row.intValue()));
        assertEquals(theirs, moved(EMBEDDING));
        assertEquals(sheet.path("head_rows_trained").intValue(), moved(HEAD).size());
    }

    /** Rows that differ between their adapter and what became of it. */
    private List<Integer> moved(String table) {
        List<Integer> moved = new ArrayList<>();
        try (SafetensorsFile before = SafetensorsFile.open(folder.resolve("adapter/adapter_model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(folder.resolve("on/adapter_model.safetensors"));
                Scope scope = Scope.open("rows")) {
            float[] old = Torch.toFloats(before.read(table));
            float[] now = Torch.toFloats(after.read(table));
            int width = Math.toIntExact(after.entries().get(table).shape()[1]);
            assertTrue(old.length == now.length, table);
            for (int at = 0; at < old.length; at += width) {
                if (!Arrays.equals(old, at, at + width, now, at, at + width)) {
                    moved.add(at / width);
                }
            }
        }
        return moved;
    }
}
