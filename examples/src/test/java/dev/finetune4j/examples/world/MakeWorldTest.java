package dev.finetune4j.examples.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MakeWorldTest {
    private static final Path QUICK_START =
            Path.of(System.getProperty("finetune4j.root", "..")).resolve("examples/quickstart");

    @TempDir
    private Path folder;

    @Test
    void worldWritesTheCommittedBytes() throws IOException {
        MakeWorld.write(folder);
        for (String file : List.of(
                "data/train.json",
                "data/eval.json",
                "data/train_shuffled.json",
                "model-config/tokenizer.json",
                "model-config/tokenizer_config.json")) {
            assertEquals(-1, Files.mismatch(folder.resolve(file), QUICK_START.resolve(file)), file);
        }
        // The model was trained with the tokenizer that it carries.
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("model-config/tokenizer.json"), QUICK_START.resolve("model/tokenizer.json")));
    }

    @Test
    void corpusHoldsNoQuestion() throws IOException {
        MakeWorld.write(folder);
        String corpus = Files.readString(folder.resolve("data/corpus.jsonl"));
        assertEquals(24_000, corpus.lines().count());
        assertEquals(-1, corpus.indexOf('?'));
    }
}
