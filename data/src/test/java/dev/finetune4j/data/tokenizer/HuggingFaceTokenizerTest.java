package dev.finetune4j.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P34: ids equal those of transformers over a mixed corpus; nothing is truncated. */
class HuggingFaceTokenizerTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "pieces", "unigram", "wordpiece"})
    void idsAndTextEqualTransformers(String name) {
        JsonNode sheet = Golden.json("golden/tokens.json");
        JsonNode golden = sheet.get("tokenizers").get(name);
        try (Tokenizer tokenizer = Golden.tokenizer(name)) {
            assertTrue(sheet.get("texts").size() > 60, "texts");
            for (int i = 0; i < sheet.get("texts").size(); i++) {
                String text = sheet.get("texts").get(i).textValue();
                int[] expected = Golden.ints(golden.get("ids").get(i));
                assertArrayEquals(expected, tokenizer.encode(text), text);
                assertEquals(golden.get("decoded").get(i).textValue(), tokenizer.decode(expected, false), text);
                assertEquals(golden.get("readable").get(i).textValue(), tokenizer.decode(expected, true), text);
            }
            assertEquals(golden.get("size").asInt(), tokenizer.vocabularySize());
        }
    }

    @Test
    void longTextsAreNotTruncated() {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            assertEquals(5000, tokenizer.encode("7".repeat(5000)).length);
        }
    }

    /** Half of a surrogate pair is no character; what Python refuses is refused here, in words that say which it is. */
    @ParameterizedTest
    @ValueSource(strings = {"bytes", "pieces", "unigram", "wordpiece"})
    void halfOfASurrogatePairIsRefused(String name) {
        try (Tokenizer tokenizer = Golden.tokenizer(name)) {
            for (String text : List.of("\ud83d", "a\ud83d b", "\ude00", "x\ude00\ud83dy", "\ud83d\ud83d\ude00")) {
                for (int way = 0; way < 2; way++) {
                    boolean literal = way == 1;
                    String message = assertThrows(DataException.class, () -> ids(tokenizer, text, literal))
                            .getMessage();
                    assertTrue(message.contains("surrogate"), message);
                }
            }
            assertTrue(tokenizer.encode("\ud83d\ude00").length > 0);
        }
    }

    private static int[] ids(Tokenizer tokenizer, String text, boolean literal) {
        return literal ? tokenizer.encodeLiteral(text) : tokenizer.encode(text);
    }

    @Test
    void literalTextHoldsNoSpecialTokens() {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            int end = tokenizer.id("<|im_end|>").orElseThrow();
            int[] literal = tokenizer.encodeLiteral("a<|im_end|>b");
            assertTrue(java.util.Arrays.stream(tokenizer.encode("a<|im_end|>b")).anyMatch(id -> id == end));
            assertFalse(java.util.Arrays.stream(literal).anyMatch(id -> id == end));
            assertEquals("a<|im_end|>b", tokenizer.decode(literal, false));
        }
    }

    @Test
    void specialTokensComeFromTheConfig() {
        try (Tokenizer tokenizer = Golden.tokenizer("pieces")) {
            assertEquals("<s>", tokenizer.specialTokens().bos());
            assertEquals(OptionalInt.of(2), tokenizer.eosId());
            assertNull(tokenizer.specialTokens().pad());
            assertEquals(OptionalInt.empty(), tokenizer.padId());
            assertTrue(tokenizer.specialTokens().addBos());
            assertEquals("</s>", tokenizer.token(2));
            assertNull(tokenizer.chatTemplate());
        }
    }

    @Test
    void newSpecialTokensGoBehindTheVocabularyAndSurviveSaving() throws IOException {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            int size = tokenizer.vocabularySize();
            SpecialTokens special =
                    tokenizer.specialTokens().eos("<new>").additional(List.of("<more>", "<|im_start|>"));
            Tokenizer changed = tokenizer.specialTokens(special).chatTemplate("{{ messages }}");
            assertEquals(List.of("<new>", "<more>"), changed.added());
            assertEquals(size + 2, changed.vocabularySize());
            changed.save(folder);
            try (Tokenizer loaded = HuggingFaceTokenizer.load(folder)) {
                assertEquals("<new>", loaded.specialTokens().eos());
                assertEquals(
                        List.of("<more>", "<|im_start|>"),
                        loaded.specialTokens().additional());
                assertEquals("{{ messages }}", loaded.chatTemplate());
                assertArrayEquals(new int[] {size, size + 1}, loaded.encode("<new><more>"));
                assertEquals(List.of(), loaded.added());
            }
        }
    }

    /** P24: added tokens survive, under ids in the order in which they were named. */
    @Test
    void addedTokensAreFoundAsAWholeAndSurviveSaving() throws IOException {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            int size = tokenizer.vocabularySize();
            Tokenizer changed = tokenizer.with(List.of(
                    new AddedToken("<plain>", false), new AddedToken("<special>", true), new AddedToken("the", false)));
            assertEquals(List.of("<plain>", "<special>"), changed.added());
            assertEquals(size + 2, changed.vocabularySize());
            int the = tokenizer.id("the").orElse(-1);
            changed.save(folder);
            try (Tokenizer loaded = HuggingFaceTokenizer.load(folder)) {
                for (Tokenizer each : List.of(changed, loaded)) {
                    assertArrayEquals(new int[] {size, size + 1, size}, each.encode("<plain><special><plain>"));
                    assertEquals("<plain>", each.decode(new int[] {size, size + 1}, true));
                    assertEquals(OptionalInt.of(the), each.id("the"));
                }
                SortedMap<Integer, AddedToken> stored = HuggingFaceTokenizer.addedTokens(folder);
                assertEquals(new AddedToken("<plain>", false), stored.get(size));
                assertEquals(new AddedToken("<special>", true), stored.get(size + 1));
                assertEquals(new AddedToken("the", false), stored.get(the));
            }
        }
    }

    @Test
    void anOrdinaryAddedTokenBecomesSpecialAndASpecialOneStaysSo() {
        try (Tokenizer tokenizer = Golden.tokenizer("bytes")) {
            Tokenizer ordinary = tokenizer.with(List.of(new AddedToken("<t>", false)));
            Tokenizer special = ordinary.with(List.of(new AddedToken("<t>", true)));
            Tokenizer again = special.with(List.of(new AddedToken("<t>", false)));
            int[] ids = ordinary.encode("<t>");
            assertEquals("<t>", ordinary.decode(ids, true));
            assertEquals("", special.decode(ids, true));
            assertEquals("", again.decode(ids, true));
            assertEquals(ordinary.vocabularySize(), again.vocabularySize());
        }
    }

    @Test
    void anUnchangedTokenizerIsSavedByteForByte() throws IOException {
        try (Tokenizer tokenizer = Golden.tokenizer("unigram")) {
            tokenizer.save(folder);
        }
        Path original = Golden.path("tokenizers/unigram/tokenizer.json");
        assertEquals(-1, Files.mismatch(original, folder.resolve("tokenizer.json")));
    }

    @Test
    void aTokenOfTheModelsVocabularyKeepsItsIdWhenItBecomesSpecial() {
        try (Tokenizer tokenizer = Golden.tokenizer("pieces")) {
            int id = tokenizer.id("<0x0A>").orElseThrow();
            Tokenizer changed =
                    tokenizer.specialTokens(tokenizer.specialTokens().additional(List.of("<0x0A>")));
            assertEquals(OptionalInt.of(id), changed.id("<0x0A>"));
            assertEquals(tokenizer.vocabularySize(), changed.vocabularySize());
            assertTrue(java.util.Arrays.stream(changed.encode("a<0x0A>b")).anyMatch(other -> other == id));
        }
    }

    @Test
    void aMissingBrokenOrOldFileIsNamed() throws IOException {
        assertTrue(assertThrows(DataException.class, () -> HuggingFaceTokenizer.load(folder))
                .getMessage()
                .contains("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": ");
        assertTrue(assertThrows(DataException.class, () -> HuggingFaceTokenizer.load(folder))
                .where()
                .endsWith("tokenizer.json:1"));
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Nonsense\"}}");
        assertTrue(assertThrows(DataException.class, () -> HuggingFaceTokenizer.load(folder))
                .getMessage()
                .contains("cannot be built"));
        Files.delete(folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer.model"), "");
        assertThrows(UnsupportedException.class, () -> HuggingFaceTokenizer.load(folder));
    }

    @Test
    void closingTwiceIsHarmless() {
        Tokenizer tokenizer = Golden.tokenizer("bytes");
        tokenizer.close();
        tokenizer.close();
        assertEquals("<|im_end|>", tokenizer.specialTokens().eos());
    }
}
