package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.source.internal.ByteWindow;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P17. What no honest writer makes is refused at its place, in bounded time and memory; tests run with a heap of 1 GB. */
@Timeout(60)
class HostileFilesTest {
    private static List<Row> read(String name, byte[] content) {
        return read(DataFile.of(name, () -> new java.io.ByteArrayInputStream(content)));
    }

    private static List<Row> read(DataFile file) {
        List<Row> rows = new ArrayList<>();
        try (Cursor<Row> cursor =
                RecordReader.forExtension(file.extension()).orElseThrow().open(file, "set")) {
            cursor.forEachRemaining(rows::add);
        }
        return rows;
    }

    private static DataException refusal(String name, byte[] content) {
        return assertThrows(DataException.class, () -> read(name, content));
    }

    private static DataException refusal(String name, String content) {
        return refusal(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream of so many equal bytes behind a beginning. */
    private static InputStream endless(String start, char filler, long length) {
        byte[] head = start.getBytes(StandardCharsets.UTF_8);
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                if (at == length) {
                    return -1;
                }
                return at < head.length ? head[(int) at++] : consume(filler);
            }

            private int consume(char c) {
                at++;
                return c;
            }

            @Override
            public int read(byte[] target, int from, int count) {
                if (at >= head.length) {
                    int served = (int) Math.min(count, length - at);
                    Arrays.fill(target, from, from + served, (byte) filler);
                    at += served;
                    return served == 0 ? -1 : served;
                }
                target[from] = (byte) read();
                return 1;
            }
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"a.jsonl|{\"t\": \"", "a.json|{\"t\": \"", "b.json|[{\"t\": \"", "a.txt|t", "a.csv|t,\""})
    void aLineOfTwoGigabytesIsRefusedByItsLimit(String name, String start) {
        DataFile file = DataFile.of(name, () -> endless(start, 'x', 1L << 31));
        DataException refused = assertThrows(DataException.class, () -> read(file));
        assertTrue(
                refused.getMessage().contains(String.valueOf(ByteWindow.LONGEST_ROW))
                        || refused.getMessage().contains(String.valueOf(ByteWindow.LONGEST_ROW / 4)),
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.json", "a.jsonl"})
    void nestingAHundredThousandDeepIsRefused(String name) {
        for (String opening : List.of("{\"a\":", "[", "{\"a\":[")) {
            String deep = "{\"t\": " + opening.repeat(100_000);
            assertTrue(
                    refusal(name, deep).getMessage().contains("500")
                            || refusal(name, deep).getMessage().contains("depth"),
                    refusal(name, deep).getMessage());
        }
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        DataException twice = refusal("a.jsonl", "{\"t\": 1}\n{\"t\": {\"a\": 1, \"b\": 2, \"a\": null}}\n");
        assertEquals("a.jsonl:2", twice.where());
        assertTrue(twice.getMessage().contains("\"a\" stands twice"), twice.getMessage());
        assertTrue(
                refusal("a.json", "[{\"t\": null, \"t\": null}]").getMessage().contains("twice"));
    }

    @ParameterizedTest
    @CsvSource({"a.jsonl", "a.json", "a.txt", "a.csv"})
    void invalidUtf8IsRefusedWithTheOffsetOfItsByte(String name) {
        // Overlong slash, lone continuation, surrogate, beyond Unicode, cut short.
        for (String bad :
                List.of("\u00c0\u00af", "\u0080", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00e2\u0082")) {
            String text = name.endsWith("csv")
                    ? "t\n\"é\"\nxx"
                    : name.endsWith("txt") ? "é\nxx" : "{\"t\": \"é\"}\n{\"t\": \"xx";
            byte[] start = text.getBytes(StandardCharsets.UTF_8);
            byte[] broken = bad.getBytes(StandardCharsets.ISO_8859_1);
            byte[] end = (name.contains("json") ? "\"}\n" : "\n").getBytes(StandardCharsets.UTF_8);
            byte[] content = Arrays.copyOf(start, start.length + broken.length + end.length);
            System.arraycopy(broken, 0, content, start.length, broken.length);
            System.arraycopy(end, 0, content, start.length + broken.length, end.length);
            String message = refusal(name, content).getMessage();
            assertTrue(message.contains("Byte " + start.length + " ") && message.contains("UTF-8"), message);
        }
    }

    @Test
    void charactersAcrossBlocksAreRead() {
        String text = "a漢é🙂".repeat(200_000);
        assertEquals(
                text,
                read("a.txt", text.getBytes(StandardCharsets.UTF_8)).get(0).value("text"));
        byte[] csv = ("t\n" + text).getBytes(StandardCharsets.UTF_8);
        assertEquals(text, read("a.csv", csv).get(0).value("t"));
        byte[] json = ("[{\"t\":\"" + text + "\"}]").getBytes(StandardCharsets.UTF_8);
        assertEquals(text, read("a.json", json).get(0).value("t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
    void otherUnicodeEncodingsAreNamed(String charset) {
        String mark = charset.equals("UTF-16") ? "" : "\ufeff";
        byte[] content = (mark + "{\"t\": 1}").getBytes(Charset.forName(charset));
        for (String name : List.of("a.json", "a.jsonl", "a.txt", "a.csv")) {
            String message = assertThrows(UnsupportedException.class, () -> read(name, content))
                    .getMessage();
            assertTrue(message.contains("UTF-16") && message.contains("UTF-8"), message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.jsonl|{\"t\": 1}#{\"t\": x}|2|7",
                "a.jsonl|{\"t\": 1} 5|1|10",
                "a.jsonl|#  {\"ö\": ?}|2|9",
                "a.json|[{\"t\": 1},#{\"t\" 2}]|2|6",
                "a.json|[{\"t\": 1} {\"t\": 2}]|1|11",
                "a.json|[{\"t\": 1},]|1|11",
                "a.json|[{\"t\": 1}#] x|2|3",
                "a.json|{\"t\": 1}#{\"t\": [1}#{\"t\": 3}|2|9",
                "a.json|[{\"t\": \"#\"}]|1|9"
            })
    void malformedTextIsShownAtItsPlace(String name, String text, int line, int column) {
        DataException refused = refusal(name, text.replace('#', '\n'));
        assertEquals(name + ":" + line, refused.where(), refused.getMessage());
        assertTrue(refused.getMessage().contains("column " + column + ":"), refused.getMessage());
    }

    @Test
    void theExcerptIsOneLineOfAtMostEightyCharacters() {
        String row = "{\"t\": \"" + "ü".repeat(500) + "\", \"u\": wrong, \"v\": \"" + "z".repeat(500) + "\"}";
        String message = refusal("a.jsonl", row).getMessage();
        String excerpt = message.substring(message.indexOf("Found: ") + 7);
        assertTrue(excerpt.contains("wrong") && excerpt.length() <= 80, excerpt);
    }

    @Test
    void cutFilesAreNoticed() {
        assertTrue(refusal("a.json", "[{\"t\": 1}, {\"t\": ").getMessage().contains("a.json:1"));
        assertTrue(refusal("a.json", "[{\"t\": 1},").getMessage().contains("cut off"));
        assertTrue(refusal("a.json", "[").getMessage().contains("cut off"));
        assertEquals("a.jsonl:2", refusal("a.jsonl", "{\"t\": 1}\n{\"t\": \"").where());
    }

    @Test
    void aFileOfNothingButOpeningQuotesEnds() {
        byte[] quotes = new byte[1 << 20];
        Arrays.fill(quotes, (byte) '"');
        assertThrows(FineTuneException.class, () -> read("a.json", quotes));
        assertThrows(FineTuneException.class, () -> read("a.jsonl", quotes));
    }
}
