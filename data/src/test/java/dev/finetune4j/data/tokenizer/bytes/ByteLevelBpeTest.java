package dev.finetune4j.data.tokenizer.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Golden;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder in Java says what the reference library says, or nothing (P34). */
class ByteLevelBpeTest {
    private static final String[] PIECES = {
        "a",
        "the ",
        " ",
        "  ",
        "\n",
        "\t",
        "'s",
        "'S",
        "'ll",
        "\u00e9",
        "e\u0301",
        "\u4f60",
        "\ud83d\ude00",
        "\ud83d\udc68\u200d\ud83d\udc69",
        "12",
        "7",
        "\u0661",
        "\u216b",
        "\u00bd",
        "_",
        "-",
        "<|im_start|>",
        "<|endoftext|>",
        "\r\n",
        "\u00a0",
        "\u3000",
        "\u00df",
        "\u0130",
        "\uff41",
        "\u1112\u1161\u11ab",
        "!?",
        ".",
        "\u0e44\u0e17",
        "\u0639",
        "\u200b",
        "\u0085",
        "\u2028",
        "\ufb01",
        "\u212b",
        "\u2126",
        "\u0000",
        "\u007f"
    };

    private static JsonNode definition(String tokenizer) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(file(tokenizer)));
    }

    private static Path file(String tokenizer) {
        return tokenizer.equals("quickstart")
                ? Path.of("../examples/quickstart/model/tokenizer.json")
                : Golden.path("tokenizers").resolve(tokenizer).resolve("tokenizer.json");
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(14); i > 0; i--) {
            if (random.nextInt(5) == 0) {
                int point = random.nextInt(random.nextInt(3) == 0 ? 0x30000 : 0x3000);
                text.appendCodePoint(Character.getType(point) == Character.SURROGATE ? 'x' : point);
            } else {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "quickstart"})
    void idsEqualTheReferenceOverRandomTexts(String name) throws IOException {
        ByteLevelBpe own = ByteLevelBpe.of(definition(name)).orElseThrow();
        Map<String, String> options = Map.of(
                "truncation", "false", "padding", "false", "addSpecialTokens", "false", "addPrefixSpace", "false");
        Random random = new Random(20261125);
        int encoded = 0;
        try (HuggingFaceTokenizer reference =
                HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(Files.readAllBytes(file(name))), options)) {
            for (int i = 0; i < 20_000; i++) {
                String text = text(random);
                int[] ids = own.encode(text);
                if (ids != null) {
                    long[] expected = reference.encode(text, false, false).getIds();
                    assertArrayEquals(
                            Arrays.stream(expected).mapToInt(id -> (int) id).toArray(), ids, text);
                    encoded++;
                }
            }
        }
        assertTrue(encoded > 15_000, encoded + " texts were encoded here");
    }

    @Test
    void idsEqualTransformersOverTheRecordedCorpus() throws IOException {
        ByteLevelBpe own = ByteLevelBpe.of(definition("bytes")).orElseThrow();
        JsonNode sheet = Golden.json("golden/tokens.json");
        JsonNode golden = sheet.get("tokenizers").get("bytes").get("ids");
        int encoded = 0;
        for (int i = 0; i < sheet.get("texts").size(); i++) {
            int[] ids = own.encode(sheet.get("texts").get(i).textValue());
            if (ids != null) {
                assertArrayEquals(Golden.ints(golden.get(i)), ids);
                encoded++;
            }
        }
        assertTrue(encoded > 40, encoded + " texts");
    }

    @Test
    void whatDependsOnTheEditionOfUnicodeIsLeftToTheReference() throws IOException {
        ByteLevelBpe own = ByteLevelBpe.of(definition("bytes")).orElseThrow();
        assertNull(own.encode("an unassigned \u0378"));
        assertNull(own.encode("it\u017f a long s"));
        assertNull(own.encode("a word " + "x".repeat(600)));
    }

    @Test
    void definitionsThatAreNotKnownToTheLetterAreLeftToTheReference() throws IOException {
        for (String other : new String[] {"pieces", "unigram", "wordpiece"}) {
            assertTrue(ByteLevelBpe.of(definition(other)).isEmpty(), other);
        }
        ObjectNode changed = (ObjectNode) definition("bytes");
        ((ObjectNode) changed.get("pre_tokenizer").get("pretokenizers").get(0).get("pattern")).put("Regex", "\\w+");
        assertTrue(ByteLevelBpe.of(changed).isEmpty());
        ObjectNode greedy = (ObjectNode) definition("bytes");
        ((ObjectNode) greedy.get("added_tokens").get(0)).put("lstrip", true);
        assertTrue(ByteLevelBpe.of(greedy).isEmpty());
    }

    /** After one difference the reference encodes everything. */
    @Test
    void aDifferenceFromTheReferenceEndsTheUseOfThisEncoder() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        CheckedBpe checked = new CheckedBpe(definition("bytes"), text -> {
            asked.incrementAndGet();
            return new int[] {-7};
        });
        for (int i = 0; i < 2000; i++) {
            assertArrayEquals(new int[] {-7}, checked.encode("text " + i));
        }
        assertEquals(2000, asked.get());
    }

    @Test
    void aReferenceThatAgreesIsAskedSeldom() throws IOException {
        ByteLevelBpe own = ByteLevelBpe.of(definition("bytes")).orElseThrow();
        AtomicInteger asked = new AtomicInteger();
        CheckedBpe checked = new CheckedBpe(definition("bytes"), text -> {
            asked.incrementAndGet();
            return java.util.Objects.requireNonNull(own.encode(text));
        });
        for (int i = 0; i < 10_000; i++) {
            checked.encode("text " + i);
        }
        assertTrue(asked.get() < 1000, asked + " times");
    }
}
