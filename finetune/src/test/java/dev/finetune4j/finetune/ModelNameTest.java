package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's name alone stands for its repository and its template; the cache of the hub holds it, so none is asked. */
class ModelNameTest {
    private static final String NAME = "Qwen2.5-0.5B-Instruct";
    private static final String ID = "Qwen/Qwen2.5-0.5B-Instruct";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path folder;

    private TinyWorld world;

    /** Puts the tiny model into a cache as a download would leave it. */
    @BeforeEach
    void fillCache() throws IOException {
        world = TinyWorld.in(folder);
        Path repo = folder.resolve("cache/models--Qwen--Qwen2.5-0.5B-Instruct");
        Path snapshot = Files.createDirectories(repo.resolve("snapshots/" + COMMIT));
        ObjectNode tree = new ObjectMapper().createObjectNode().put("format_version", 1);
        ObjectNode listed = tree.putObject("files");
        try (Stream<Path> files = Files.list(world.model())) {
            for (Path file : files.toList()) {
                Files.copy(file, snapshot.resolve(file.getFileName()));
                listed.putObject(file.getFileName().toString())
                        .put("size", Files.size(file))
                        .put("blob_id", COMMIT);
            }
        }
        Files.createDirectories(repo.resolve("trees"));
        Files.writeString(repo.resolve("trees/" + COMMIT + ".json"), tree.toString());
    }

    private FineTuneBuilder draft(String model) {
        return FineTune.builder()
                .model(model)
                .set("cache_dir", folder.resolve("cache").toString())
                .set("model_revision", COMMIT)
                .datasetDir(world.data())
                .dataset("chats")
                .cutoffLen(64)
                .set("max_steps", 1)
                .set("use_cpu", true)
                .lora(lora -> lora.rank(2))
                .outputDir(world.out("out"));
    }

    @Test
    void nameBringsItsTemplateAndThePlanSaysSo() {
        String plan = draft(NAME).build().plan().text();
        assertTrue(plan.contains(COMMIT), plan);
        assertTrue(plan.contains("template qwen (the default of " + NAME + "), cutoff_len 64"), plan);
    }

    @Test
    void givenTemplateWins() {
        String plan = draft(NAME).template("chatml").build().plan().text();
        assertTrue(plan.contains("template chatml, cutoff_len 64"), plan);
    }

    @Test
    void idOfARepositoryBringsNoTemplate() {
        String plan = draft(ID).build().plan().text();
        assertTrue(plan.contains(COMMIT), plan);
        assertTrue(!plan.contains("template qwen"), plan);
    }

    @Test
    void adapterNamesTheRepositoryAsItsBase() throws IOException {
        draft(NAME).build().run();
        String config = Files.readString(world.out("out").resolve("adapter_config.json"));
        assertEquals(
                ID,
                new ObjectMapper()
                        .readTree(config)
                        .path("base_model_name_or_path")
                        .asText());
    }
}
