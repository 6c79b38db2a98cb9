package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.DataRequest.InvalidRows.Policy;
import dev.finetune4j.data.batch.limit.Overlong;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.check.Preview;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static Tokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        tokenizer = Golden.tokenizer("bytes");
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @BeforeEach
    void catalog() throws IOException {
        write(
                "dataset_info.json",
                "{'rows': {'file_name': 'rows.jsonl'}, 'others': {'file_name': 'others.jsonl'}, 'pairs': {'file_name':"
                        + " 'rows.jsonl', 'ranking': true, 'columns': {'prompt': 'instruction', 'chosen': 'output',"
                        + " 'rejected': 'output'}}, 'chats': {'file_name': 'chats.jsonl', 'formatting': 'sharegpt'}, 'tools':"
                        + " {'file_name': 'chats.jsonl', 'formatting': 'sharegpt', 'columns': {'messages': 'conversations',"
                        + " 'tools': 'tools'}}, 'text': {'file_name': 'text.txt', 'columns': {'prompt': 'text'}}}");
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content.replace('\'', '"'));
    }

    private static String row(String instruction, String output) {
        return "{'instruction': '" + instruction + "', 'output': '" + output + "'}\n";
    }

    private TrainingData open(Requests request) {
        return TrainingData.open(request.build(), tokenizer);
    }

    private Requests request() {
        return Requests.in(folder);
    }

    private String failure(Class<? extends FineTuneException> type, Requests request) {
        return assertThrows(type, () -> open(request)).getMessage();
    }

    private static int labelled(EncodedRows rows) {
        int sum = 0;
        for (TokenRow row : rows) {
            sum += row.labelled();
        }
        return sum;
    }

    @Test
    void previewShowsTextIdsLabelsAndTrainedSpans() throws IOException {
        write("rows.jsonl", row("Say hi", "Hi!") + row("Say no", "No."));
        List<Preview> previews = open(request()).preview(5);
        assertEquals(2, previews.size());
        Preview first = previews.get(0);
        assertEquals(folder.resolve("rows.jsonl") + ":1", first.where());
        assertTrue(first.text().contains("<|im_start|>user\nSay hi<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>\n"));
        assertEquals(1, first.trained().size());
        assertEquals("Hi!<|im_end|>\n", first.trained().get(0).text());
        assertEquals(first.ids().length, first.labels().length);
    }

    @Test
    void unusableRowsAreLeftOutAndCountedWithTheirReason() throws IOException {
        write(
                "rows.jsonl",
                row("a", "b") + "{'instruction': 'c', 'output': null}\n" + "{'instruction': 3, 'output': 'd'}\n");
        TrainingData data = open(request().invalid(Policy.SKIP, 0.7));
        assertEquals(1, data.train().count());
        CutReport report = data.train().report();
        CutReport.Line line = report.lines().get(0);
        assertEquals(List.of("rows", 3L, 1L, 2L), List.of(line.dataset(), line.rows(), line.kept(), line.rejected()));
        assertTrue(report.topReasons(5).contains("rows.jsonl:2"), report.topReasons(5));
        assertTrue(report.topReasons(5).contains("rows.jsonl:3: instruction: expected a text, found 3"));
        assertTrue(report.toString().contains("rows"));
    }

    /** P17. */
    @Test
    void unusableRowsStopTheRunWhereTheyAreToOrAreTooMany() throws IOException {
        String bad = "{'instruction': 'c', 'output': 1}\n";
        write("rows.jsonl", row("a", "b") + bad + bad);
        assertTrue(failure(DataException.class, request()).contains("2 of 3 rows cannot be used, more than the share"));
        String first = failure(DataException.class, request().invalid(Policy.FAIL, 1));
        assertTrue(first.contains("rows.jsonl:2: output: expected a text"), first);
        String all = failure(DataException.class, request().invalid(Policy.COLLECT, 1));
        assertTrue(all.contains("2 of 3 rows cannot be used") && all.contains("2 rows: expected a text"), all);
        write("rows.jsonl", row("a", "b"));
        assertEquals(1, open(request().invalid(Policy.COLLECT, 0)).train().count());
    }

    /** P14. */
    @Test
    void rowsAboveTheLimitAreTrimmedDroppedOrRefusedAsTheRunAsks() throws IOException {
        write("rows.jsonl", row("one two three four five six seven", "yes it is so indeed it is") + row("a", "b"));
        EncodedRows whole = open(request()).train();
        int limit = whole.row(0).length() - 3;
        int answer = whole.row(0).labelled();
        TokenRow prompt = open(request().cutoff(limit).overlong(Overlong.TRIM_PROMPT))
                .train()
                .row(0);
        assertEquals(List.of(limit, answer), List.of(prompt.length(), prompt.labelled()));
        TokenRow cut = open(request().cutoff(limit).overlong(Overlong.TRIM_ANSWER))
                .train()
                .row(0);
        assertEquals(List.of(limit, answer - 3), List.of(cut.length(), cut.labelled()));
        EncodedRows dropped =
                open(request().cutoff(limit).overlong(Overlong.DROP)).train();
        assertEquals(1, dropped.count());
        CutReport.Line line = dropped.report().lines().get(0);
        assertEquals(List.of(1L, 0L, limit + 3L), List.of(line.tooLong(), line.cut(), line.lostTokens()));
        String refused = failure(DataException.class, request().cutoff(limit).overlong(Overlong.ERROR));
        assertTrue(refused.contains("rows.jsonl:1") && refused.contains((limit + 3) + " tokens"), refused);
    }

    /** Encoding is the same for any number of threads (P16). */
    @Test
    void theNumberOfThreadsChangesNoSample() throws IOException {
        writeNumbered(97);
        List<String> one = samples(request().groups(new DataRequest.Groups(10, 1, 1)));
        assertEquals(97, one.size());
        assertEquals(one, samples(request().groups(new DataRequest.Groups(10, 1, 4))));
    }

    @Test
    void rowsThatStreamEqualThoseThatAreReadBefore() throws IOException {
        writeNumbered(23);
        List<String> before = samples(request());
        assertEquals(before, samples(request().stream(1, 23)));
        List<String> twice = samples(request().stream(1, 46));
        assertEquals(before, twice.subList(0, 23));
        assertEquals(before, twice.subList(23, 46));
        List<String> drawn = samples(request().stream(7, 46));
        assertEquals(new TreeSet<>(before), new TreeSet<>(drawn.subList(0, 23)));
        assertEquals(new TreeSet<>(before), new TreeSet<>(drawn.subList(23, 46)));
        assertNotEquals(before, drawn.subList(0, 23));
        assertNotEquals(drawn.subList(0, 23), drawn.subList(23, 46), "each pass has an order of its own");
        assertEquals(drawn, samples(request().stream(7, 46)), "the same on every run");
    }

    @Test
    void aStreamIsTakenUpAtAnyPlace() throws IOException {
        writeNumbered(23);
        try (EncodedRows whole = open(request().stream(5, 9000)).train();
                EncodedRows resumed = open(request().stream(5, 9000)).train()) {
            int[] wanted = whole.row(8200).ids();
            assertArrayEquals(wanted, resumed.row(8200).ids());
            int[] early = whole.row(3).ids();
            assertArrayEquals(early, resumed.row(3).ids(), "an early row is found again");
            assertArrayEquals(wanted, resumed.row(8200).ids());
        }
    }

    @Test
    void aStreamHoldsItsFirstRowsBackForEvaluation() throws IOException {
        writeNumbered(23);
        TrainingData data = open(request().stream(7, 40).sampling(null, 4, false));
        List<String> held = samples(data.evaluation().get(TrainingData.EVALUATION));
        assertEquals(4, held.size());
        List<String> trained = samples(data.train());
        assertTrue(trained.stream().noneMatch(held::contains), "in no pass");
        assertTrue(failure(DataException.class, request().stream(7, 40).sampling(null, 0.5, false))
                .contains("val_size"));
    }

    @Test
    void aStreamWithoutUsableRowsStops() throws IOException {
        write("rows.jsonl", "{'instruction': 'c', 'output': null}\n".repeat(4));
        EncodedRows rows = open(request().stream(1, 5)).train();
        String message = assertThrows(DataException.class, () -> rows.row(0)).getMessage();
        assertTrue(message.contains("can be learned from"), message);
        write("rows.jsonl", row("a", "b") + "{'instruction': 'c', 'output': null}\n".repeat(4000));
        EncodedRows bad = open(request().stream(1, 5)).train();
        assertTrue(
                assertThrows(DataException.class, () -> bad.row(4)).getMessage().contains("max_invalid_share"));
    }

    private void writeNumbered(int count) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append(row("say " + i, "so ".repeat(1 + i % 9) + i));
        }
        write("rows.jsonl", rows.toString());
    }

    private List<String> samples(Requests request) {
        try (EncodedRows rows = open(request).train()) {
            return samples(rows);
        }
    }

    private static List<String> samples(EncodedRows rows) {
        List<String> samples = new ArrayList<>();
        for (TokenRow row : rows) {
            samples.add(Arrays.toString(row.ids()) + Arrays.toString(row.labels()));
        }
        return samples;
    }

    @Test
    void nothingUsableIsAnErrorWithTheReasons() throws IOException {
        write("rows.jsonl", "{'instruction': 'c', 'output': 1}\n".repeat(4));
        String message = failure(DataException.class, request());
        assertTrue(message.contains("None of its 4 rows"), message);
        assertTrue(message.contains("4 rows: expected a text (first: "), message);
        assertTrue(message.contains("rows.jsonl:1"), message);
    }

    @Test
    void anEmptyDataSetIsAnError() throws IOException {
        write("rows.jsonl", "\n");
        assertTrue(failure(DataException.class, request()).contains("\"rows\" has no rows"));
        write("others.jsonl", row("a", "b"));
        assertTrue(failure(DataException.class, request().datasets("others", "rows"))
                .contains("\"rows\" has no rows"));
        write("dataset_info.json", "{'rows': {'file_name': 'rows.jsonl', 'num_samples': 3}}");
        assertTrue(failure(DataException.class, request()).contains("\"rows\" has no rows"));
    }

    @Test
    void aLimitThatLeavesNothingToLearnIsAnError() throws IOException {
        write("rows.jsonl", row("a long question about rivers and castles", "b"));
        assertTrue(failure(DataException.class, request().cutoff(1)).contains("no token is learned"));
        assertTrue(failure(DataException.class, request().cutoff(1).masking(false, false, true))
                .contains("cutoff_len"));
        assertTrue(failure(DataException.class, request().cutoff(1).packing(Packing.PLAIN))
                .contains("Raise it"));
        write("text.txt", "short\n");
        assertTrue(failure(
                        DataException.class,
                        request().stage("pt").datasets("text").cutoff(1000))
                .contains("cutoff_len"));
    }

    @Test
    void rowsWithoutALearnedTokenAreLeftOutUnlessLlamaFactorysWayIsAskedFor() throws IOException {
        write("rows.jsonl", row("a", "b") + row("x ".repeat(300), "b ".repeat(20)));
        Requests cut = request().template("empty").cutoff(2);
        EncodedRows strict = open(cut).train();
        assertEquals(
                List.of(1, 1L),
                List.of(strict.count(), strict.report().lines().get(0).untrained()));
        EncodedRows like = open(cut.masking(false, false, true)).train();
        assertEquals(
                List.of(2, 1L),
                List.of(like.count(), like.report().lines().get(0).untrained()));
    }

    @Test
    void tokensCutOffAreCounted() throws IOException {
        write("rows.jsonl", row("a", "word ".repeat(50).strip()));
        EncodedRows whole = open(request()).train();
        EncodedRows cut = open(request().cutoff(40)).train();
        CutReport.Line line = cut.report().lines().get(0);
        assertEquals(1, line.cut());
        assertEquals(40, line.tokens());
        assertEquals(whole.row(0).length() - 40, line.lostTokens());
        assertEquals(40, line.longest());
    }

    @Test
    void aCutAnswerGetsNoEndToken() throws IOException {
        write("rows.jsonl", row("a", "word ".repeat(50).strip()));
        int eos = tokenizer.eosId().orElseThrow();
        TokenRow cut = open(request().template("falcon").cutoff(20)).train().row(0);
        assertFalse(Arrays.stream(cut.labels()).anyMatch(label -> label == eos));
        TokenRow whole = open(request().template("falcon")).train().row(0);
        assertEquals(eos, whole.labels()[whole.length() - 1]);
        TokenRow like = open(request().template("falcon").cutoff(20).masking(false, false, true))
                .train()
                .row(0);
        assertEquals(eos, like.labels()[like.length() - 1]);
    }

    @Test
    void maskedHistoryHasNoLabelsAtAll() throws IOException {
        write(
                "chats.jsonl",
                "{'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}, {'from': 'human',"
                        + " 'value': 'c'}, {'from': 'gpt', 'value': 'd'}]}\n");
        Requests history = request().datasets("chats").template("falcon");
        assertEquals(1, spans(history.masking(false, true, false)));
        assertEquals(2, spans(history.masking(false, true, true)));
        assertEquals(6, learnedTokens(history.masking(false, false, false)));
    }

    /** Both answers, the end of the first on the first token of the second prompt, and the end of the second. */
    private int learnedTokens(Requests request) {
        return open(request).preview(1).get(0).trained().stream()
                .mapToInt(span -> span.to() - span.from())
                .sum();
    }

    private int spans(Requests request) {
        return open(request).preview(1).get(0).trained().size();
    }

    @Test
    void theFirstTokenOfAPackedRowIsNotLearned() throws IOException {
        write("rows.jsonl", row("a", "b") + row("c", "d"));
        Requests packed = request().cutoff(400).packing(Packing.PLAIN);
        TokenRow row = open(packed.masking(true, false, false)).train().row(0);
        int second = row.length() / 2;
        assertEquals(0, row.positions()[second]);
        assertEquals(Labels.IGNORED, row.labels()[second]);
        TokenRow like = open(packed.masking(true, false, true)).train().row(0);
        assertEquals(like.ids()[second], like.labels()[second]);
    }

    /** P6: packing loses no token and no label. */
    @Test
    void packingKeepsEveryRow() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append(row("question " + i, "answer ".repeat(1 + i % 7)));
        }
        write("rows.jsonl", rows.toString());
        EncodedRows single = open(request()).train();
        EncodedRows packed = open(request().packing(Packing.NEAT).cutoff(301)).train();
        assertEquals(single.report().lines().get(0).tokens(), tokens(packed));
        assertEquals(labelled(single), labelled(packed));
        Set<List<Integer>> whole = new HashSet<>();
        single.forEach(row -> whole.add(Arrays.stream(row.ids()).boxed().toList()));
        for (TokenRow row : packed) {
            int start = 0;
            for (int length : row.documents()) {
                int[] part = Arrays.copyOfRange(row.ids(), start, start + length);
                assertTrue(whole.remove(Arrays.stream(part).boxed().toList()));
                start += length;
            }
            assertTrue(row.length() <= 300);
        }
        assertEquals(Set.of(), whole);
        assertEquals(packed.count(), packed.report().packs());
    }

    private static long tokens(EncodedRows rows) {
        long sum = 0;
        for (TokenRow row : rows) {
            sum += row.length();
        }
        return sum;
    }

    @Test
    void pretrainingLearnsTheEndTokenAlsoWhereItPads() throws IOException {
        write("text.txt", "river\ncastle\n");
        try (Tokenizer pieces = Golden.tokenizer("pieces")) {
            DataRequest rows = request()
                    .stage("pt")
                    .datasets("text")
                    .template("default")
                    .packing(Packing.NONE)
                    .build();
            TrainingData data = TrainingData.of(rows, pieces, readings(rows), Map.of());
            assertEquals(data.tokenizer().padId(), data.tokenizer().eosId());
            TokenRow row = data.train().row(0);
            assertArrayEquals(row.ids(), row.labels());
            assertEquals(data.tokenizer().eosId().orElseThrow(), row.ids()[row.length() - 1]);
        }
    }

    private static Dataset<dev.finetune4j.data.format.Reading> readings(DataRequest request) {
        return Dataset.concat(
                new RowSource(request, Map.of()).open(request.sources().train()));
    }

    @Test
    void rowsFromMemoryEncodeLikeRowsFromAFile() throws IOException {
        write("rows.jsonl", row("a", "b") + row("c", "d"));
        TrainingData file = open(request());
        DatasetEntry entry = DatasetEntry.inMemory("memory", "alpaca", Columns.DEFAULTS, Tags.DEFAULTS);
        List<Map<String, String>> maps =
                List.of(Map.of("instruction", "a", "output", "b"), Map.of("instruction", "c", "output", "d"));
        TrainingData rows = TrainingData.of(request().build(), tokenizer, Readings.ofRows(maps, entry), Map.of());
        List<Conversation> conversations = List.of(Conversation.of("a", "b"), Conversation.of("c", "d"));
        TrainingData ready = TrainingData.of(
                request().build(),
                tokenizer,
                Readings.ofConversations(conversations),
                Map.of("held back", Readings.ofConversations(conversations)));
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(file.train().row(i).ids(), rows.train().row(i).ids());
            assertArrayEquals(file.train().row(i).ids(), ready.train().row(i).ids());
        }
        assertEquals(2, ready.evaluation().get("held back").count());
        assertEquals("memory row 1", rows.train().provenance(1).toString());
    }

    @Test
    void evaluationSetsAreOneOrEachByItself() throws IOException {
        write("rows.jsonl", row("a", "b"));
        write("others.jsonl", row("c", "d") + row("e", "f"));
        Requests both = request().evaluation("others", "rows");
        assertEquals(3, open(both).evaluation().get(TrainingData.EVALUATION).count());
        Map<String, EncodedRows> each = open(both.sampling(null, 0, true)).evaluation();
        assertEquals(List.of("others", "rows"), new ArrayList<>(each.keySet()));
        assertEquals(2, each.get("others").count());
    }

    @Test
    void namesGivenTwiceCountOnce() throws IOException {
        write("rows.jsonl", row("a", "b"));
        assertEquals(1, open(request().datasets("rows", "rows")).train().count());
    }

    @Test
    void shardsAreCutEvenlyAndThenGrouped() {
        Dataset<Integer> rows = Dataset.of(List.of(0, 1, 2, 3, 4, 5, 6));
        assertEquals(
                List.of(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6)),
                Grouping.of(rows, new DataRequest.Groups(2, 2)).toList());
        assertEquals(
                List.of(List.of(0, 1, 2), List.of(3, 4), List.of(5, 6)),
                Grouping.of(rows, new DataRequest.Groups(100, 3)).toList());
        assertEquals(
                7, Grouping.of(rows, new DataRequest.Groups(100, 50)).toList().size());
    }

    @Test
    void splitsThatLeaveASideEmptyAreErrors() throws IOException {
        write("rows.jsonl", row("a", "b") + row("c", "d"));
        assertTrue(
                failure(DataException.class, request().sampling(null, 1, false)).contains("val_size"));
        assertTrue(
                failure(DataException.class, request().sampling(null, 2, false)).contains("one side empty"));
        assertTrue(failure(DataException.class, request().evaluation("rows").sampling(null, 0.5, false))
                .contains("eval_dataset"));
        assertEquals(1, open(request().sampling(null, 0.5, false)).train().count());
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() throws IOException {
        write("rows.jsonl", row("a", "b"));
        assertTrue(failure(TemplateException.class, request().template("qwen3_nothnk"))
                .contains("\"qwen3_nothink\""));
        assertTrue(
                failure(UnsupportedException.class, request().template("falcon").masking(true, false, false))
                        .contains("train_on_prompt"));
        assertTrue(failure(UnsupportedException.class, request().masking(true, true, false))
                .contains("mask_history"));
        for (Requests wish : List.of(
                request().packing(Packing.NEAT),
                request().masking(true, false, false),
                request().masking(false, true, false))) {
            assertTrue(failure(UnsupportedException.class, wish.stage("pt")).contains("belongs to stage sft"));
        }
        assertTrue(failure(DataException.class, request().datasets("pairs")).contains("rm or dpo"));
        assertTrue(failure(DataException.class, request().stage("dpo")).contains("two answers"));
        assertTrue(failure(DataException.class, request().stage("kto")).contains("no verdict on the answer"));
        assertTrue(failure(UnsupportedException.class, request().stage("chat")).contains("no stage chat"));
        assertTrue(failure(DataException.class, request().datasets()).contains("dataset_info.json"));
        assertTrue(failure(DataException.class, request().datasets("rosw")).contains("\"rows\""));
    }

    @Test
    void withoutATemplateTheTokenizersOwnIsTaken() throws IOException {
        write("rows.jsonl", row("a", "b"));
        assertEquals("empty", open(request().template(null)).template().name());
        Tokenizer chat =
                tokenizer.chatTemplate("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
                        + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
        TrainingData data = TrainingData.open(request().template(null).build(), chat);
        assertEquals(
                "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n",
                chat.decode(data.train().row(0).ids(), false));
        Tokenizer refusing = tokenizer.chatTemplate("{{ raise_exception('no') }}");
        TemplateException refused = assertThrows(
                TemplateException.class,
                () -> TrainingData.open(request().template(null).build(), refusing));
        assertTrue(refused.getMessage().contains("Set template"), refused.getMessage());
    }

    @Test
    void brokenToolCallsAreLeftOutWithTheirRow() throws IOException {
        String good = "{'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}]}\n";
        write("chats.jsonl", good + good.replace("'gpt'", "'function_call'"));
        TrainingData data = open(request().datasets("chats"));
        assertEquals(1, data.train().count());
        String reasons = data.train().report().topReasons(1);
        assertTrue(reasons.contains("chats.jsonl:2"), reasons);
        assertTrue(reasons.contains("JSON"), reasons);
    }

    @Test
    void aRunMayChooseItsToolFormat() throws IOException {
        write(
                "chats.jsonl",
                "{'tools': '[]', 'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}]}\n");
        TemplateOptions qwen = new TemplateOptions(null, "qwen", true, false);
        for (TemplateOptions options : List.of(qwen, TemplateOptions.DEFAULTS)) {
            assertEquals(
                    1,
                    open(request().datasets("tools").template("llama3").options(options))
                            .train()
                            .count());
        }
        TemplateOptions unknown = new TemplateOptions(null, "qwne", true, false);
        assertThrows(
                UnsupportedException.class,
                () -> ToolFormat.named(
                        TemplateCatalog.named("llama3").with(unknown).toolFormat()));
    }

    @Test
    void tokensThatATemplateNeedsAndTheTokenizerLacksStopTheRun() throws IOException {
        write("rows.jsonl", row("a", "b"));
        assertTrue(
                failure(TemplateException.class, request().template("chatglm3")).contains("[gMASK]"));
    }
}
