package dev.finetune4j.data.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.NumberTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples that were computed with LLaMA-Factory, id for id; {@code .} stands for a label that is ignored. */
class WorkedExamplesTest {
    private static final int LONG = 100;
    private static final Tokenizer NINE_ENDS = NumberTokenizer.of(1, 9, true);
    private static final Tokenizer TWO_ENDS = NumberTokenizer.of(1, 2, false);
    private static final List<Message> TWO_TURNS =
            List.of(Message.user("11 12"), Message.assistant("21 22"), Message.user("6 13"), Message.assistant("23"));

    private static int[] ids(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .mapToInt(word -> word.equals(".") ? Labels.IGNORED : Integer.parseInt(word))
                .toArray();
    }

    private static void assertTokens(String ids, String labels, Tokens tokens) {
        assertArrayEquals(ids(ids), tokens.ids());
        assertArrayEquals(ids(labels), tokens.labels());
    }

    private static Reading reading(
            List<Message> messages, @Nullable Preference preference, @Nullable Boolean feedback, int row) {
        return Reading.of(new Conversation(
                messages, "", "", Media.NONE, preference, feedback, Provenance.inMemory("examples", row)));
    }

    private static Reading turn(int row, String question, String answer) {
        return reading(List.of(Message.user(question), Message.assistant(answer)), null, null, row);
    }

    private static Tokens twoTurns(Template template, int cutoff, Masking masking) {
        GroupEncoder encoder = new SupervisedEncoder(template, NINE_ENDS, LengthLimit.trimming(cutoff), masking);
        List<Sample> samples = encoder.encode(List.of(reading(TWO_TURNS, null, null, 0)), new CutReport());
        assertEquals(1, samples.size());
        return samples.get(0).tokens();
    }

    @ParameterizedTest
    @CsvSource({
        "100, 1 11 12 5 21 22 9 6 13 5 23 9, . . . . 21 22 9 . . . 23 9",
        "11, 1 11 12 5 21 22 9 6 13 5 23, . . . . 21 22 9 . . . 23",
        "10, 1 11 12 5 21 22 9 6 13 23, . . . . 21 22 9 . . 23",
        "9, 1 11 12 5 21 22 9 6 13, . . . . 21 22 9 . .",
        "7, 1 11 12 5 21 22 9, . . . . 21 22 9",
        "5, 1 11 12 21 22, . . . 21 22"
    })
    void turnsShareTheLimitFromTheFront(int cutoff, String ids, String labels) {
        assertTokens(ids, labels, twoTurns(NumberTemplate.of(false, "5"), cutoff, Masking.ANSWERS));
    }

    @ParameterizedTest
    @CsvSource({
        "100, 1 11 12 5 21 22 9 6 13 5 23 9, . . . . . . . . . . 23 9",
        "9, 1 11 12 21 6 13 5 23 9, . . . . . . . 23 9",
        "6, 1 6 13 5 23 9, . . . . 23 9"
    })
    void aMaskedHistoryLeavesTheLimitToTheLastTurn(int cutoff, String ids, String labels) {
        // With 6 tokens the first turn has one left for its beginning token.
        assertTokens(ids, labels, twoTurns(NumberTemplate.of(false, "5"), cutoff, new Masking(false, true, false)));
    }

    @Test
    void promptsAreLearnedOnRequest() {
        String ids = "1 11 12 5 21 22 9 6 13 5 23 9";
        assertTokens(ids, ids, twoTurns(NumberTemplate.of(false, "5"), LONG, new Masking(true, false, false)));
    }

    @Test
    void theNextTurnEndsAnAnswerWhereTheTemplateSaysSo() {
        String ids = "1 11 12 5 21 22 6 13 5 23 9";
        Template efficient = NumberTemplate.of(true, "5");
        for (boolean like : new boolean[] {true, false}) {
            assertTokens(ids, ". . . . 21 22 9 . . 23 9", twoTurns(efficient, LONG, new Masking(false, false, like)));
        }
        assertTokens(ids, "9 . . . . . . . . 23 9", twoTurns(efficient, LONG, new Masking(false, true, true)));
        // Nothing of a masked history is learned, not even that it ends.
        assertTokens(ids, ". . . . . . . . . 23 9", twoTurns(efficient, LONG, new Masking(false, true, false)));
    }

    /** P14: an answer that was cut gets no invented end. */
    @Test
    void aCutAnswerEndsOnlyUnderCompatibility() {
        Template efficient = NumberTemplate.of(true, "5");
        assertTokens(
                "1 11 12 5 21 22 6 13 9",
                ". . . . 21 22 9 . 9",
                twoTurns(efficient, 9, new Masking(false, false, true)));
        assertTokens("1 11 12 5 21 22 6 13", ". . . . 21 22 9 .", twoTurns(efficient, 9, Masking.ANSWERS));
    }

    /** A prompt that is cut to nothing has no place for the end of the answer before it; ids and labels stay as long. */
    @Test
    void idsAndLabelsStayAsLongWhateverIsCut() {
        for (boolean efficient : new boolean[] {true, false}) {
            for (int cutoff = 1; cutoff < 14; cutoff++) {
                for (int wish = 0; wish < 4; wish++) {
                    GroupEncoder encoder = new SupervisedEncoder(
                            NumberTemplate.of(efficient),
                            NINE_ENDS,
                            LengthLimit.trimming(cutoff),
                            new Masking(false, wish % 2 == 1, wish > 1));
                    List<Message> uneven = List.of(
                            Message.user("11"), Message.assistant("21 22"),
                            Message.user("6"), Message.assistant("23 24 25 26 27"));
                    for (Sample sample : encoder.encode(List.of(reading(uneven, null, null, 0)), new CutReport())) {
                        assertEquals(
                                sample.tokens().ids().length, sample.tokens().labels().length);
                        assertEquals(true, sample.length() <= cutoff, cutoff + ": " + sample.length());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, 11 12 13 2/21 22 2 31/32 33 34 35",
        "true, true, 1 12 13 2/1 22 2 31/1 33 34 35",
        "false, false, 11 12 13 2/21 22 2/31 32 33 34",
        "false, true, 1 11 12 13/1 21 22 2/1 31 32 33"
    })
    void textsRunOnThroughBlocksOrAreCut(boolean packing, boolean addBos, String blocks) {
        Tokenizer tokenizer = NumberTokenizer.of(1, 2, addBos);
        GroupEncoder encoder = new PretrainEncoder(tokenizer, " 2", LengthLimit.trimming(4), packing, false);
        List<Reading> texts = new ArrayList<>();
        for (String text : List.of("11 12 13", "21 22", "31 32 33 34 35")) {
            texts.add(reading(List.of(Message.user(" " + text)), null, null, texts.size()));
        }
        CutReport report = new CutReport();
        List<Sample> samples = encoder.encode(texts, report);
        List<String> found = samples.stream()
                .map(sample -> TWO_ENDS.decode(sample.tokens().ids(), false))
                .toList();
        assertEquals(List.of(blocks.split("/")), found);
        // Every token is learned; where nothing is packed or added, what was cut off is counted.
        samples.forEach(sample ->
                assertArrayEquals(sample.tokens().ids(), sample.tokens().labels()));
        assertEquals(packing ? 1 : addBos ? 4 : 2, report.lines().get(0).lostTokens());
    }

    private static final int CAPACITY = 9;

    private static List<Sample> packs(boolean neat) {
        Masking masking = Masking.ANSWERS;
        Template bare = NumberTemplate.of(true);
        // Without a beginning token and with an end only where the text has one, rows are what is written here.
        Tokenizer plain = NumberTokenizer.of(1, 9, false);
        SupervisedEncoder rows = new SupervisedEncoder(bare, plain, LengthLimit.trimming(CAPACITY), masking);
        List<Reading> readings = List.of(
                turn(0, "", "101 102 103"),
                turn(1, "", "111"),
                turn(2, "", "121 122 123 124 125"),
                turn(3, "131 132", "133 134 135 136 137 138 139"));
        return new PackedSupervisedEncoder(rows, CAPACITY, neat, masking).encode(readings, new CutReport());
    }

    /** Lengths 5, 3, 7 and one that was cut to the limit: the longest first, and what fits behind it. */
    @Test
    void packedRowsKeepTheirBordersAndPositions() {
        List<Sample> neat = packs(true);
        assertEquals(3, neat.size());
        TokenRow two = neat.get(2).tokens().row(2);
        assertArrayEquals(ids("1 101 102 103 9 1 111 9"), two.ids());
        assertArrayEquals(ids(". 101 102 103 9 . 111 9"), two.labels());
        assertArrayEquals(ids("0 1 2 3 4 0 1 2"), two.positions());
        assertArrayEquals(ids("5 3"), two.documents());
        List<Sample> plain = packs(false);
        for (int i = 0; i < neat.size(); i++) {
            TokenRow row = plain.get(i).tokens().row(i);
            assertArrayEquals(neat.get(i).tokens().ids(), row.ids());
            assertArrayEquals(neat.get(i).tokens().labels(), row.labels());
            assertArrayEquals(neat.get(i).tokens().row(i).positions(), row.positions());
            assertArrayEquals(new int[] {row.length()}, row.documents(), "one span of attention");
        }
    }

    /** The rows of lengths 5, 3, 7 and 2 of the example become two packs; padding is the batch's business. */
    @Test
    void recordedRowsArePackedAsRecorded() {
        List<Tokens> rows = List.of(row(100, 5), row(110, 3), row(120, 7), row(130, 2));
        int[] lengths = rows.stream().mapToInt(Tokens::length).toArray();
        List<Tokens> packs = Knapsack.pack(lengths, CAPACITY).stream()
                .map(pack -> Tokens.pack(pack.stream().map(rows::get).toList(), true))
                .toList();
        assertEquals(2, packs.size());
        assertTokens("120 121 122 123 124 125 126 130 131", ". 121 122 123 124 125 126 . 131", packs.get(0));
        assertArrayEquals(ids("0 1 2 3 4 5 6 0 1"), packs.get(0).positions());
        assertArrayEquals(ids("7 2"), packs.get(0).row(0).documents());
        assertTokens("100 101 102 103 104 110 111 112", ". 101 102 103 104 . 111 112", packs.get(1));
        assertArrayEquals(ids("0 1 2 3 4 0 1 2"), packs.get(1).positions());
        assertArrayEquals(ids("5 3"), packs.get(1).row(0).documents());
    }

    /** P14: rows that no pack can take are left out, and the account says so. */
    @Test
    void rowsLongerThanAPackAreCounted() {
        SupervisedEncoder rows =
                new SupervisedEncoder(NumberTemplate.of(false), NINE_ENDS, LengthLimit.trimming(LONG), Masking.ANSWERS);
        CutReport report = new CutReport();
        List<Sample> packs = new PackedSupervisedEncoder(rows, 5, true, Masking.ANSWERS)
                .encode(List.of(turn(0, "11", "12"), turn(1, "21 22 23", "24 25 26")), report);
        assertEquals(1, packs.size());
        CutReport.Line line = report.lines().get(0);
        assertEquals(List.of(2L, 1L, 1L), List.of(line.rows(), line.kept(), line.tooLong()));
        assertEquals(List.of(4L, 8L), List.of(line.tokens(), line.lostTokens()));
        assertEquals("longer than a pack of 5", report.reasons().get(0).rule());
        assertEquals("8 tokens", report.reasons().get(0).examples().get(0).found());
    }

    private static Tokens row(int first, int length) {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = first + i;
        }
        int[] labels = ids.clone();
        labels[0] = Labels.IGNORED;
        return Tokens.of(ids, labels);
    }

    @Test
    void twoAnswersShareOneBudget() {
        Preference pair = new Preference(Message.assistant("111 112"), Message.assistant("113"));
        Reading reading = reading(List.of(Message.user("107 108 109 110")), pair, null, 0);
        for (boolean like : new boolean[] {true, false}) {
            GroupEncoder encoder =
                    new PairwiseEncoder(NumberTemplate.of(false), NINE_ENDS, LengthLimit.trimming(6), like);
            Sample sample = encoder.encode(List.of(reading), new CutReport()).get(0);
            assertTokens(
                    "1 107 108 109 111 112", ". . . . 111 112", sample.rows().get(0));
            assertTokens("1 107 108 109 113 9", ". . . . 113 9", sample.rows().get(1));
        }
    }

    @Test
    void answersWithAVerdictStandBesideTheOneOfTheRowBefore() {
        List<Reading> group = List.of(
                verdict(0, "100", "101", true), verdict(1, "103", "104", false), verdict(2, "105", "102", true));
        List<Sample> samples = feedback().encode(group, new CutReport());
        String[][] wanted = {
            {"1 100 101 9", "1 100 102 9"}, {"1 103 104 9", "1 103 101 9"}, {"1 105 102 9", "1 105 104 9"}
        };
        for (int i = 0; i < wanted.length; i++) {
            assertArrayEquals(ids(wanted[i][0]), samples.get(i).rows().get(0).ids());
            assertArrayEquals(ids(wanted[i][1]), samples.get(i).rows().get(1).ids());
            assertEquals(i != 1, samples.get(i).wanted());
        }
    }

    /** LLaMA-Factory stops at the row behind an unusable one; here answers go round among the usable rows. */
    @Test
    void aBrokenRowLeavesTheNextOneItsMismatchedAnswer() {
        List<Reading> group = new ArrayList<>();
        group.add(verdict(0, "100", "101", true));
        group.add(Reading.rejected(Provenance.inMemory("examples", 1), "output", "expected a text", "3"));
        group.add(verdict(2, "105", "102", false));
        CutReport report = new CutReport();
        List<Sample> samples = feedback().encode(group, report);
        assertArrayEquals(ids("1 100 102 9"), samples.get(0).rows().get(1).ids());
        assertArrayEquals(ids("1 105 101 9"), samples.get(1).rows().get(1).ids());
        assertEquals(1, report.invalid());
    }

    private static GroupEncoder feedback() {
        return new FeedbackEncoder(NumberTemplate.of(false), NINE_ENDS, LengthLimit.trimming(LONG), false);
    }

    private static Reading verdict(int row, String question, String answer, boolean wanted) {
        return reading(List.of(Message.user(question), Message.assistant(answer)), null, wanted, row);
    }
}
