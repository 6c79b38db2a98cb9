package dev.finetune4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands print where, and what they return. */
class MainTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path yaml;

    @BeforeEach
    void makeRun() throws IOException {
        yaml = CommandWorld.in(folder).yaml();
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void trainSaysWhatCameOutOfIt() {
        assertEquals(0, run("train", yaml.toString()), err.toString());
        assertTrue(out.toString().contains("2 steps, loss "), out.toString());
        assertTrue(out.toString().contains("Model in " + folder.resolve("out")), out.toString());
        assertTrue(Files.exists(folder.resolve("out/model.safetensors")));
        assertEquals("", err.toString());
    }

    @Test
    void heldBackAnswersAreCountedBeforeAndAfter() {
        assertEquals(
                0,
                run(
                        "train",
                        yaml.toString(),
                        "eval_dataset=sums",
                        "eval_strategy=steps",
                        "eval_on_start=true",
                        "compute_exact_match=true",
                        "learning_rate=1e-3"),
                err.toString());
        assertTrue(out.toString().contains("(eval_exact_match): 0.0 % before, "), out.toString());
    }

    @Test
    void settingsBehindTheFileWin() {
        assertEquals(0, run("plan", yaml.toString(), "max_steps=7"), err.toString());
        assertTrue(out.toString().contains("steps        7 of 8 x 1 rows"), out.toString());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void settingsNeedNoFile() throws IOException {
        String[] lines =
                Files.readString(yaml).lines().map(l -> l.replace(": ", "=")).toArray(String[]::new);
        String[] arguments = new String[lines.length + 1];
        arguments[0] = "plan";
        System.arraycopy(lines, 0, arguments, 1, lines.length);
        assertEquals(0, run(arguments), err.toString());
    }

    @Test
    void previewShowsTextIdsLabelsAndSpans() {
        assertEquals(0, run("preview", yaml.toString(), "--samples", "1"), err.toString());
        String page = out.toString();
        assertTrue(page.contains("sums.json:1"), page);
        assertTrue(page.contains("<|im_start|>user\n2 + 2<|im_end|>"), page);
        assertTrue(page.contains("trained, tokens "), page);
        assertTrue(page.contains("labels: [-100, "), page);
    }

    @Test
    void previewWritesAnObjectALine() throws IOException {
        assertEquals(0, run("preview", yaml.toString(), "--json", "--samples", "2"), err.toString());
        String[] lines = out.toString().strip().split("\n");
        assertEquals(2, lines.length);
        for (String line : lines) {
            JsonNode row = new ObjectMapper().readTree(line);
            assertEquals(row.get("input_ids").size(), row.get("labels").size());
            assertEquals(2, row.size());
        }
    }

    /** P18. */
    @Test
    void checkShowsWhatIsInTheDataAndWhatIsTrained() {
        assertEquals(0, run("check", yaml.toString(), "--color", "always"), err.toString());
        String page = out.toString();
        assertTrue(page.contains("rows looked at"), page);
        assertTrue(page.contains("tokens an epoch"), page);
        assertTrue(page.contains("\u001b[32m"), page);
        assertTrue(page.contains("The data is fine."), page);
    }

    @Test
    void checkProposesADescriptionThatFits() throws IOException {
        Path data = Files.createDirectories(folder.resolve("wrong"));
        Files.writeString(data.resolve("dataset_info.json"), "{\"w\": {\"file_name\": \"w.jsonl\"}}");
        Files.writeString(data.resolve("w.jsonl"), "{\"question\": \"a\", \"answer\": \"b\"}\n");
        assertEquals(1, run("check", yaml.toString(), "dataset_dir=" + data, "dataset=w"), err.toString());
        assertTrue(out.toString().contains("\"prompt\": \"question\""), out.toString());
        assertTrue(out.toString().contains("needs attention"), out.toString());
    }

    @Test
    void brokenSettingsAreAUsageErrorWithoutATrace() {
        assertEquals(2, run("train", yaml.toString(), "lora_rnk=3", "learning_rate=fast"));
        assertEquals(2, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains("Unknown setting \"lora_rnk\" (command line)"), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void failedRunsAreAnotherCode() {
        assertEquals(1, run("train", yaml.toString(), "dataset=nowhere"));
        assertTrue(err.toString().contains("nowhere"), err.toString());
        assertFalse(err.toString().contains("\tat "), err.toString());
    }

    @Test
    void debugShowsWhereAnErrorArose() {
        assertEquals(1, run("train", yaml.toString(), "dataset=nowhere", "--debug"));
        assertTrue(err.toString().contains("\tat dev.finetune4j."), err.toString());
    }

    @Test
    void missingFilesAreNamed() {
        assertEquals(2, run("train", "no/such.yaml"));
        assertTrue(err.toString().contains("no/such.yaml"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "trian", "train", "train --fast x.yaml", "preview --samples many x.yaml"})
    void unreadableCommandLinesAreUsageErrors(String line) {
        assertEquals(2, run(line.isEmpty() ? new String[0] : line.split(" ")));
        assertFalse(err.toString().isEmpty());
    }

    @Test
    void helpListsCommandsAndSettings() {
        assertEquals(0, run("--help"));
        for (String word : new String[] {"train", "plan", "preview", "env", "version", "lora_rank (", "cutoff_len ("}) {
            assertTrue(out.toString().contains(word), word);
        }
        assertEquals("", err.toString());
    }

    @Test
    void helpExplainsOneSetting() {
        assertEquals(0, run("--help", "lora_rank"));
        assertTrue(out.toString().startsWith("  lora_rank ("), out.toString());
        assertTrue(out.toString().lines().count() < 6, out.toString());
    }

    @Test
    void helpOfACommandNeedsNoFile() {
        assertEquals(0, run("train", "--help"));
        assertTrue(out.toString().contains("FILE [key=value ...]"), out.toString());
        assertTrue(out.toString().contains("learning_rate ("), out.toString());
    }

    @Test
    void helpOfAnUnknownSettingNamesSimilarOnes() {
        assertEquals(2, run("--help", "rank"));
        assertTrue(err.toString().contains("lora_rank"), err.toString());
    }

    @Test
    void versionIsOneLine() {
        assertEquals(0, run("version"));
        assertEquals(1, out.toString().lines().count());
        assertTrue(out.toString().startsWith("finetune4j "));
    }

    @Test
    void envTellsWhatWasFound() {
        assertEquals(0, run("env"), err.toString());
        for (String word :
                new String[] {"java ", "processor ", "libtorch_cpu", "pytorch ", "device ", "bf16 ", "memory "}) {
            assertTrue(out.toString().contains(word), word + " is missing in\n" + out);
        }
    }
}
