package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.dataset.Cursor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a file holds, it becomes rows or is refused with its name; JSON that is accepted means what another parser says it
 * means. Runs over the committed corpus and seeded changes to it; {@code JAZZER_FUZZ=1 mvn -Dfuzz.hooks=true} looks for more.
 */
class ReaderFuzzTest {
    private static final int CHANGES = 2000;
    private static final JsonMapper OTHER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String[] PIECES = {
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "\r\n", "null", "NaN", "-0", "1e999", "\"a\":", "\\u12",
        "\u00ff", "\t", " ", "\ufeff"
    };

    /** Rows, or null where the file was refused. */
    private static @Nullable List<Row> read(String name, byte[] content) {
        DataFile file = DataFile.of(name, () -> new ByteArrayInputStream(content));
        List<Row> rows = new ArrayList<>();
        try (Cursor<Row> cursor =
                RecordReader.forExtension(file.extension()).orElseThrow().open(file, "set")) {
            cursor.forEachRemaining(rows::add);
            return rows;
        } catch (FineTuneException e) {
            assertTrue(e.getMessage().contains(name), e.getMessage());
            assertTrue(
                    e.getMessage().length() < 2000,
                    () -> "a message of " + e.getMessage().length() + " characters");
            return null;
        }
    }

    private static void check(String name, byte[] content) {
        List<Row> rows = read(name, content);
        if (rows == null) {
            return;
        }
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(i, rows.get(i).provenance().row());
        }
        if (name.contains("json")) {
            assertEquals(
                    otherwise(content).toString(),
                    rows.stream().map(Row::values).toList().toString(),
                    () -> new String(content, StandardCharsets.UTF_8));
        }
    }

    /** What the mapper of another library makes of the same bytes. */
    private static List<Map<String, Object>> otherwise(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            text = text.startsWith("\ufeff") ? text.substring(1) : text;
            boolean array = text.stripLeading().startsWith("[");
            try (MappingIterator<Map<String, Object>> rows = OTHER.readerFor(
                            new TypeReference<Map<String, Object>>() {})
                    .readValues(array ? text.strip() : text)) {
                return rows.readAll();
            }
        } catch (CharacterCodingException e) {
            throw new AssertionError("accepted what is not UTF-8", e);
        } catch (IOException e) {
            throw new AssertionError("accepted what is not JSON", e);
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyJsonFileIsReadOrRefused(byte[] content) {
        check("f.json", content);
    }

    @FuzzTest(maxDuration = "60s")
    void anyJsonLinesFileIsReadOrRefused(byte[] content) {
        check("f.jsonl", content);
    }

    @FuzzTest(maxDuration = "60s")
    void anyCsvFileIsReadOrRefused(byte[] content) {
        check("f.csv", content);
    }

    @FuzzTest(maxDuration = "60s")
    void anyArrowFileIsReadOrRefused(byte[] content) {
        read("f.arrow", content);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"anyJsonFileIsReadOrRefused", "anyJsonLinesFileIsReadOrRefused", "anyCsvFileIsReadOrRefused"})
    @Timeout(120)
    void seededChangesToTheCorpusAreReadOrRefused(String method) {
        String name = method.contains("Lines") ? "f.jsonl" : method.contains("Csv") ? "f.csv" : "f.json";
        List<byte[]> corpus = corpus(method);
        assertTrue(corpus.size() > 5, "corpus of " + corpus.size());
        for (int seed = 0; seed < CHANGES; seed++) {
            Random random = new Random(seed);
            byte[] content = corpus.get(random.nextInt(corpus.size()));
            for (int i = random.nextInt(4); i >= 0; i--) {
                content = change(content, random);
            }
            check(name, content);
        }
    }

    private static byte[] change(byte[] content, Random random) {
        int at = random.nextInt(content.length + 1);
        int end = Math.min(content.length, at + random.nextInt(8));
        byte[] piece = switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) random.nextInt()};
            case 2 -> Arrays.copyOfRange(content, at, Math.min(content.length, at + random.nextInt(100)));
            default -> PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
        };
        ByteBuffer changed = ByteBuffer.allocate(content.length - (end - at) + piece.length);
        changed.put(content, 0, at).put(piece).put(content, end, content.length - end);
        return changed.array();
    }

    private static List<byte[]> corpus(String method) {
        try (Stream<Path> files = Files.list(Path.of(ReaderFuzzTest.class
                .getResource("ReaderFuzzTestInputs/" + method)
                .toURI()))) {
            List<byte[]> contents = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                contents.add(Files.readAllBytes(file));
            }
            return contents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
