package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowTable;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoded rows that are kept for later runs. */
class KeptRowsTest {
    private static Tokenizer tokenizer;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        tokenizer = Golden.tokenizer("bytes");
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @BeforeEach
    void writeCatalog() throws IOException {
        write(
                "dataset_info.json",
                "{'rows': {'file_name': 'rows.jsonl'}, 'others': {'file_name': 'rows.jsonl'}, 'pairs': {'file_name':"
                        + " 'rows.jsonl', 'ranking': true, 'columns': {'prompt': 'instruction', 'chosen': 'output', 'rejected':"
                        + " 'worse'}}, 'verdicts': {'file_name': 'rows.jsonl', 'columns': {'prompt': 'instruction', 'response':"
                        + " 'output', 'kto_tag': 'good'}}, 'text': {'file_name': 'rows.jsonl', 'columns': {'prompt':"
                        + " 'output'}}}");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 29; i++) {
            rows.append("{'instruction': 'say ")
                    .append(i)
                    .append("', 'output': '")
                    .append("so ".repeat(1 + i % 7));
            rows.append("', 'worse': 'no', 'good': ").append(i % 3 == 0).append("}\n");
        }
        rows.append("{'instruction': 3, 'output': 'bad', 'worse': 'b', 'good': true}\n");
        write("rows.jsonl", rows.toString());
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content.replace('\'', '"'));
    }

    private Requests request() {
        return Requests.in(folder).groups(new DataRequest.Groups(7, 1));
    }

    private Path kept() {
        return folder.resolve("kept");
    }

    private TrainingData open(Requests request) {
        return TrainingData.open(request.build(), tokenizer);
    }

    private static List<String> texts(EncodedRows rows) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < rows.count(); i++) {
            Sample sample = rows.sample(i);
            StringBuilder text = new StringBuilder();
            for (Tokens row : sample.rows()) {
                text.append(Arrays.toString(row.ids())).append(Arrays.toString(row.labels()));
                text.append(Arrays.toString(row.parts())).append(row.apart() && row.parts().length > 1);
            }
            texts.add(text + " " + sample.wanted() + " " + sample.provenance() + " " + rows.length(i));
        }
        return texts;
    }

    private void assertKept(Requests plain, Requests keeping) {
        TrainingData before = open(plain);
        TrainingData made = open(keeping.cache(kept(), false));
        TrainingData found = open(keeping);
        for (TrainingData data : List.of(made, found)) {
            assertEquals(texts(before.train()), texts(data.train()));
            assertEquals(
                    before.train().report().snapshot(), data.train().report().snapshot());
            assertEquals(before.train().statistics(), data.train().statistics());
            assertEquals(before.evaluation().keySet(), data.evaluation().keySet());
            before.evaluation()
                    .forEach((name, rows) ->
                            assertEquals(texts(rows), texts(data.evaluation().get(name))));
        }
        assertFalse(Files.exists(folder.resolve("kept.parts")), "no part is left behind");
    }

    @Test
    void rowsThatWereKeptEqualThoseEncodedAnew() {
        assertKept(request(), request());
    }

    @Test
    void packedRowsKeepTheirPartsAndWhetherTheySeeOneAnother() {
        assertKept(
                request().packing(Packing.NEAT).cutoff(90),
                request().packing(Packing.NEAT).cutoff(90));
    }

    /** LLaMA-Factory stacks packed rows as they are, reads the media of pairs, and makes the labels of plain text itself. */
    @Test
    void tablesAreThoseThatLlamaFactoryTrainsFrom() {
        for (Packing packing : List.of(Packing.NEAT, Packing.PLAIN)) {
            Path where = folder.resolve("kept-" + packing);
            EncodedRows rows = open(request().packing(packing).cutoff(90).cache(where, false))
                    .train();
            ArrowTable table = ArrowTable.open(where.resolve("train"));
            for (int i = 0; i < table.count(); i++) {
                int length = rows.row(i).length();
                assertTrue(length < 90);
                for (String column : List.of("input_ids", "attention_mask", "labels", "position_ids")) {
                    assertEquals(90, table.length(column, i), column);
                }
                for (int behind = length; behind < 90; behind++) {
                    assertEquals(0, table.ints("attention_mask", i)[behind]);
                    assertEquals(-100, table.ints("labels", i)[behind]);
                }
            }
        }
        open(request().stage("dpo").datasets("pairs").cache(folder.resolve("pairs"), false));
        assertTrue(ArrowTable.open(folder.resolve("pairs/train"))
                .columns()
                .containsAll(List.of("images", "videos", "audios")));
        open(request().stage("pt").datasets("text").cutoff(16).cache(folder.resolve("text"), false));
        assertEquals(
                List.of("input_ids", "attention_mask"),
                ArrowTable.open(folder.resolve("text/train")).columns());
    }

    @Test
    void plainlyPackedRowsAreKept() {
        assertKept(
                request().packing(Packing.PLAIN).cutoff(90),
                request().packing(Packing.PLAIN).cutoff(90));
    }

    @Test
    void pairsAreKept() {
        assertKept(
                request().stage("dpo").datasets("pairs"), request().stage("dpo").datasets("pairs"));
    }

    @Test
    void verdictsAreKept() {
        assertKept(
                request().stage("kto").datasets("verdicts"),
                request().stage("kto").datasets("verdicts"));
    }

    @Test
    void promptsAreKept() {
        assertKept(request().stage("ppo"), request().stage("ppo"));
    }

    @Test
    void blocksOfTextAreKept() {
        assertKept(
                request().stage("pt").datasets("text").cutoff(16),
                request().stage("pt").datasets("text").cutoff(16));
    }

    @Test
    void evaluationRowsAreKeptBesideTheOthers() {
        assertKept(request().sampling(null, 0.3, false), request().sampling(null, 0.3, false));
    }

    @Test
    void everyEvaluationSetKeepsItsName() {
        assertKept(
                request().evaluation("others", "rows").sampling(null, 0, true),
                request().evaluation("others", "rows").sampling(null, 0, true));
    }

    /** P15. */
    @Test
    void rowsOfOtherDataOrSettingsAreRefusedByName() throws IOException {
        open(request().cache(kept(), false));
        refused(request().template("llama3"), "template was qwen");
        refused(request().cutoff(30), "cutoff_len was 2048 TRIM and is 30 TRIM");
        refused(request().masking(false, true, false), "masking was");
        refused(request().datasets("others"), "dataset was rows and is others");
        String rows = Files.readString(folder.resolve("rows.jsonl"));
        write("rows.jsonl", rows.replace("say 3", "say 4"));
        refused(request(), "content of " + folder.resolve("rows.jsonl"));
        try (Tokenizer other = Golden.tokenizer("pieces")) {
            String message = assertThrows(
                            DataException.class,
                            () -> TrainingData.open(
                                    request().cache(kept(), false).build(), other))
                    .getMessage();
            assertTrue(message.contains("tokenizer was"), message);
        }
        TrainingData anew = open(request().cache(kept(), true));
        assertEquals(texts(open(request()).train()), texts(anew.train()));
        assertEquals(
                texts(anew.train()), texts(open(request().cache(kept(), false)).train()));
    }

    private void refused(Requests request, String difference) {
        String message = assertThrows(DataException.class, () -> open(request.cache(kept(), false)))
                .getMessage();
        assertTrue(message.contains(difference) && message.contains("overwrite_cache"), message);
    }

    @Test
    void aFolderOfSomethingElseIsLeftAlone() throws IOException {
        Files.createDirectories(kept());
        Files.writeString(kept().resolve("diary.txt"), "dear");
        for (boolean overwrite : new boolean[] {false, true}) {
            String message = assertThrows(
                            DataException.class, () -> open(request().cache(kept(), overwrite)))
                    .getMessage();
            assertTrue(message.contains("neither empty nor one of encoded rows"), message);
        }
        assertEquals("dear", Files.readString(kept().resolve("diary.txt")));
    }

    @Test
    void rowsThatTheProgramHoldsCannotBeKept() {
        Map<String, Dataset<dev.finetune4j.data.format.Reading>> held = Map.of("rows", Dataset.of(List.of()));
        DataException refused = assertThrows(
                DataException.class,
                () -> TrainingData.open(request().cache(kept(), false).build(), tokenizer, held));
        assertTrue(refused.getMessage().contains("held by the program"), refused.getMessage());
    }

    /** P16. */
    @Test
    void reportsAreTheSameWhetherRowsAreKeptOrNot() {
        CutReport plain = open(request()).train().report();
        CutReport kept = open(request().cache(kept(), false)).train().report();
        assertEquals(plain.toString(), kept.toString());
        assertEquals(plain.topReasons(3), kept.topReasons(3));
        assertEquals(plain.lengths().bars(), kept.lengths().bars());
    }
}
