package dev.finetune4j.data.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.tokenizer.NumberTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P6, over random groups of rows in which no two tokens are the same but for the first and the last of a row. */
class PackingPropertyTest {
    private static final Tokenizer NUMBERS = NumberTokenizer.of(1, 2, false);
    private static final int FIRST = 1000;

    /** Groups of random conversations, of which some are too long for a pack. */
    private static List<Reading> group(Random random) {
        List<Reading> group = new ArrayList<>();
        int next = FIRST;
        for (int row = random.nextInt(40); row >= 0; row--) {
            List<Message> messages = new ArrayList<>();
            for (int turn = random.nextInt(3); turn >= 0; turn--) {
                int question = 1 + random.nextInt(5);
                int answer = 1 + random.nextInt(8);
                messages.add(Message.user(numbers(next, question)));
                messages.add(Message.assistant(numbers(next + question, answer)));
                next += question + answer;
            }
            group.add(Reading.of(Conversation.of(messages, Provenance.inMemory("random", row))));
        }
        return group;
    }

    private static String numbers(int from, int count) {
        return NUMBERS.decode(IntStream.range(from, from + count).toArray(), false);
    }

    private static SupervisedEncoder rows(int capacity, Masking masking) {
        return new SupervisedEncoder(NumberTemplate.of(false), NUMBERS, LengthLimit.trimming(capacity), masking);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packsHoldEachRowOnceWithinTheirCapacity(boolean neat) {
        Random random = new Random(6);
        for (int round = 0; round < 150; round++) {
            int capacity = 8 + random.nextInt(40);
            Masking masking = new Masking(random.nextBoolean(), false, false);
            List<Reading> group = group(random);
            Map<Integer, Tokens> alone = new HashMap<>();
            // The second token is the row's own.
            rows(capacity, masking)
                    .encode(group, new CutReport())
                    .forEach(sample -> alone.put(sample.tokens().ids()[1], sample.tokens()));
            CutReport report = new CutReport();
            List<Sample> packs =
                    new PackedSupervisedEncoder(rows(capacity, masking), capacity, neat, masking).encode(group, report);
            for (Sample pack : packs) {
                assertTrue(pack.length() <= capacity, pack.length() + " tokens in a pack of " + capacity);
                takeParts(pack.tokens(), alone);
            }
            assertEquals(Map.of(), alone, "rows in no pack");
            assertEquals(packs.size(), report.packs());
        }
    }

    /** Every part is a row as it is alone, learned from its second token on, and is taken once. */
    private static void takeParts(Tokens pack, Map<Integer, Tokens> alone) {
        int at = 0;
        for (int length : pack.parts()) {
            int[] ids = Arrays.copyOfRange(pack.ids(), at, at + length);
            Tokens row = alone.remove(ids[1]);
            assertTrue(row != null, "a row that is no other's");
            assertArrayEquals(row.ids(), ids);
            int[] labels = row.labels().clone();
            labels[0] = Labels.IGNORED;
            assertArrayEquals(labels, Arrays.copyOfRange(pack.labels(), at, at + length));
            at += length;
        }
        assertEquals(pack.length(), at);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowsSeeOneAnotherInPlainPacksOnly(boolean neat) {
        Random random = new Random(7);
        for (int round = 0; round < 100; round++) {
            int capacity = 12 + random.nextInt(40);
            List<Sample> packs = new PackedSupervisedEncoder(
                            rows(capacity, Masking.ANSWERS), capacity, neat, Masking.ANSWERS)
                    .encode(group(random), new CutReport());
            for (Sample pack : packs) {
                TokenRow row = pack.tokens().row(0);
                int[] beginnings = IntStream.range(0, row.length())
                        .filter(i -> row.ids()[i] == 1)
                        .toArray();
                assertArrayEquals(neat ? lengths(beginnings, row.length()) : new int[] {row.length()}, row.documents());
                for (int part = 0; part < beginnings.length; part++) {
                    int end = part + 1 < beginnings.length ? beginnings[part + 1] : row.length();
                    for (int i = beginnings[part]; i < end; i++) {
                        assertEquals(i - beginnings[part], row.positions()[i], "positions begin anew in each row");
                    }
                }
            }
        }
    }

    private static int[] lengths(int[] starts, int end) {
        return IntStream.range(0, starts.length)
                .map(i -> (i + 1 < starts.length ? starts[i + 1] : end) - starts[i])
                .toArray();
    }

    /** Blocks, one behind the other, are the texts, one behind the other, as far as they fill blocks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 61})
    void blocksLoseNothingButTheRestOfTheGroup(int length) {
        Random random = new Random(length);
        for (int round = 0; round < 50; round++) {
            List<Reading> texts = group(random);
            int[] together = texts.stream()
                    .map(text -> ((Reading.Accepted) text)
                                    .conversation()
                                    .messages()
                                    .get(0)
                                    .content() + " 2")
                    .flatMapToInt(text -> Arrays.stream(NUMBERS.encode(text)))
                    .toArray();
            CutReport report = new CutReport();
            int[] blocks = new PretrainEncoder(NUMBERS, " 2", LengthLimit.trimming(length), true, false)
                    .encode(texts, report).stream()
                            .peek(block -> assertEquals(length, block.length()))
                            .flatMapToInt(block -> Arrays.stream(block.tokens().ids()))
                            .toArray();
            assertArrayEquals(Arrays.copyOf(together, together.length - together.length % length), blocks);
            assertEquals(together.length % length, report.lines().get(0).lostTokens());
        }
    }
}
