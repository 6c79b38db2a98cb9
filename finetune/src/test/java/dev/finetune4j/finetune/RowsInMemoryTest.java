package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that the program holds stand where names of the catalog may stand. */
@Tag("e2e")
class RowsInMemoryTest {
    private static final String ADAPTER = "adapter_model.safetensors";
    private static final List<Map<String, Object>> CHATS = TinyWorld.rows(TinyWorld.ROWS, 1);
    private static final List<Map<String, Object>> HELD = TinyWorld.rows(6, 2);

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void makeWorld() {
        world = TinyWorld.in(folder);
    }

    private FineTuneBuilder evaluated(String out) {
        return world.draft(out).set("eval_strategy", "steps").set("eval_steps", 2);
    }

    @Test
    void theyEqualRowsFromFiles() throws IOException {
        RunResult fromFiles = evaluated("files").evalDataset("held").build().run();
        // Without a catalog, nothing but the program can have given the rows.
        Files.delete(world.data().resolve("dataset_info.json"));
        RunResult fromMemory = evaluated("memory")
                .dataset("mine", CHATS)
                .evalDataset("kept", HELD)
                .build()
                .run();
        assertSame(fromFiles, "files", fromMemory, "memory");
        assertFalse(fromMemory.series("eval_loss").isEmpty());
    }

    @Test
    void theyMayHaveAnyLayoutThatADescriptionSays() {
        RunResult plain = evaluated("plain")
                .dataset("mine", CHATS)
                .evalDataset("held")
                .build()
                .run();
        List<Map<String, Object>> chats = CHATS.stream()
                .map(row -> Map.<String, Object>of(
                        "turns",
                        List.of(
                                Map.of("who", "me", "says", row.get("instruction")),
                                Map.of("who", "it", "says", row.get("output")))))
                .toList();
        Map<String, Object> description = Map.of(
                "formatting",
                "sharegpt",
                "columns",
                Map.of("messages", "turns"),
                "tags",
                Map.of("role_tag", "who", "content_tag", "says", "user_tag", "me", "assistant_tag", "it"));
        RunResult described = evaluated("described")
                .rows("mine", chats, description)
                .dataset("mine")
                .evalDataset("held")
                .build()
                .run();
        assertSame(plain, "plain", described, "described");
        FineTune wrong = evaluated("wrong")
                .rows("mine", chats, Map.of("formating", "sharegpt"))
                .dataset("mine")
                .evalDataset("held")
                .build();
        assertTrue(assertThrows(DataException.class, wrong::run).getMessage().contains("\"formatting\""));
    }

    @Test
    void theCatalogMayBeGivenInCode() throws IOException {
        RunResult fromFile = evaluated("file").evalDataset("held").build().run();
        Files.delete(world.data().resolve("dataset_info.json"));
        RunResult given = evaluated("given")
                .datasetInfo(
                        Map.of("chats", Map.of("file_name", "chats.json"), "held", Map.of("file_name", "held.json")))
                .evalDataset("held")
                .build()
                .run();
        assertSame(fromFile, "file", given, "given");
    }

    @Test
    void theyMixWithSetsOfTheCatalog() {
        RunResult fromFiles = evaluated("files")
                .dataset("chats", "held")
                .evalDataset("held")
                .build()
                .run();
        RunResult mixed = evaluated("mixed")
                .rows("mine", HELD)
                .dataset("chats", "mine")
                .evalDataset("held")
                .build()
                .run();
        assertSame(fromFiles, "files", mixed, "mixed");
        RunResult evaluatedInMemory = evaluated("kept")
                .dataset("chats", "held")
                .evalDataset("kept", HELD)
                .build()
                .run();
        assertSame(fromFiles, "files", evaluatedInMemory, "kept");
    }

    @Test
    void eachEvaluationSetHasFiguresOfItsOwn() {
        RunResult result = evaluated("out")
                .rows("mine", HELD)
                .evalDataset("mine", "held")
                .set("eval_on_each_dataset", true)
                .build()
                .run();
        assertEquals(2, result.series("eval_mine_loss").size());
        assertEquals(result.series("eval_mine_loss"), result.series("eval_held_loss"));
    }

    @Test
    void theyCanBeSplitCutAndNamedByAFile() throws IOException {
        Path yaml = folder.resolve("run.yaml");
        Files.writeString(yaml, "dataset: mine\nval_size: 4\nmax_samples: 20\n");
        RunPlan plan = world.draft("out").yaml(yaml).rows("mine", CHATS).build().plan();
        assertTrue(plan.toString().contains("16 rows"), plan.toString());
        assertTrue(plan.toString().contains("4 rows"), plan.toString());
    }

    @Test
    void theyPretrain() {
        List<Map<String, String>> texts = HELD.stream()
                .map(row -> Map.of("text", row.get("instruction") + " " + row.get("output")))
                .toList();
        RunResult result = world.draft("out")
                .stage(Stage.PT)
                .dataset("texts in memory", texts)
                .set("max_steps", 1)
                .build()
                .run();
        assertEquals(1, result.steps());
    }

    @Test
    void theyAreReadAnewForEveryRun() {
        List<Map<String, Object>> growing = new java.util.ArrayList<>(CHATS.subList(0, 10));
        FineTune request = world.draft("out").dataset("mine", growing).build();
        assertTrue(request.plan().toString().contains("10 rows"));
        growing.addAll(CHATS.subList(10, 15));
        assertTrue(request.plan().toString().contains("15 rows"));
    }

    @Test
    void rowsThatCannotBeReadAreNamed() {
        FineTuneBuilder none = world.draft("out").dataset("mine", List.<Map<String, Object>>of());
        DataException empty =
                assertThrows(DataException.class, () -> none.build().run());
        assertTrue(empty.getMessage().contains("mine"), empty.getMessage());
        FineTuneBuilder odd = world.draft("out").dataset("mine", List.of(Map.of("question", "2 + 2", "answer", "4")));
        DataException wrong =
                assertThrows(DataException.class, () -> odd.build().run());
        assertTrue(wrong.getMessage().contains("mine row 0: no answer to learn from"), wrong.getMessage());
    }

    private void assertSame(RunResult expected, String expectedOut, RunResult actual, String actualOut) {
        assertEquals(TinyWorld.figures(expected), TinyWorld.figures(actual));
        assertArrayEquals(world.result(expectedOut, ADAPTER), world.result(actualOut, ADAPTER));
    }
}
