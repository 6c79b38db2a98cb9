package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersTest {
    @TempDir
    Path folder;

    private List<Row> read(String name, String content) throws IOException {
        return read(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private List<Row> read(String name, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        String extension = DataFile.of(file).extension();
        List<Row> rows = new ArrayList<>();
        try (Cursor<Row> cursor =
                RecordReader.forExtension(extension).orElseThrow().open(file, "set")) {
            cursor.forEachRemaining(rows::add);
        }
        return rows;
    }

    private DataException failure(String name, String content) {
        return assertThrows(DataException.class, () -> read(name, content));
    }

    @Test
    void arraysObjectsAndObjectsInARowAreRows() throws IOException {
        assertEquals(2, read("a.json", "[{\"t\": 1},\n {\"t\": 2}]").size());
        assertEquals(1, read("b.json", "{\n \"t\": 1\n}").size());
        assertEquals(3, read("c.json", "{\"t\": 1}\n{\"t\": 2}\n\n{\"t\": 3}\n").size());
        assertEquals(0, read("d.json", "[]").size());
        assertEquals(0, read("e.json", "").size());
    }

    @Test
    void rowsKnowTheirFileAndLine() throws IOException {
        List<Row> rows = read("a.json", "[\n{\"t\": 1},\n\n{\"t\":\n 2}]");
        assertEquals(2, rows.get(0).provenance().line());
        assertEquals(folder.resolve("a.json") + ":4", rows.get(1).provenance().toString());
        List<Row> lines = read("a.jsonl", "{\"t\": 1}\n\n{\"t\": 2}");
        assertEquals(3, lines.get(1).provenance().line());
        assertEquals(1, lines.get(1).provenance().row());
    }

    @Test
    void byteOrderMarkAndWindowsLineEndsDoNotMatter() throws IOException {
        assertEquals("é", read("a.json", "\ufeff[{\"t\": \"é\"}]").get(0).value("t"));
        List<Row> lines = read("a.jsonl", "\ufeff{\"t\": 1}\r\n{\"t\": 2}\r\n");
        assertEquals(2, lines.get(1).value("t"));
        List<Row> text = read("a.txt", "\ufeffone\r\ntwo\r\n\r\nfour");
        assertEquals(
                List.of("one", "two", "", "four"),
                text.stream().map(row -> row.value("text")).toList());
    }

    @Test
    void malformedLinesAreNamedWithTheirPlace() {
        DataException broken = failure("a.jsonl", "{\"t\": 1}\n{\"t\": \n{\"t\": 3}");
        assertEquals(folder.resolve("a.jsonl") + ":2", broken.where());
        assertTrue(broken.getMessage().contains("{\"t\": "), broken.getMessage());
        assertEquals(folder.resolve("b.jsonl") + ":1", failure("b.jsonl", "[1]").where());
        assertEquals(
                folder.resolve("c.jsonl") + ":1",
                failure("c.jsonl", "{\"t\": 1} {\"t\": 2}").where());
    }

    @Test
    void malformedArraysAreNamedWithTheirPlace() {
        assertEquals(
                folder.resolve("a.json") + ":3",
                failure("a.json", "[\n{\"t\": 1},\n{\"t\" 2}]").where());
        assertTrue(failure("b.json", "[{\"t\": 1}").getMessage().contains("closing bracket"));
        assertTrue(failure("c.json", "[1, 2]").getMessage().contains("not an object"));
        assertTrue(failure("d.json", "[{\"t\": 1}] x").getMessage().contains("Malformed"));
        assertTrue(failure("e.json", "[{\"t\": 1}] []").getMessage().contains("follows"));
    }

    @Test
    void otherEncodingsAreRefused() {
        byte[] latin = "{\"t\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        DataException refused = assertThrows(DataException.class, () -> read("a.jsonl", latin));
        assertTrue(refused.getMessage().contains("UTF-8"), refused.getMessage());
        assertThrows(DataException.class, () -> read("a.json", latin));
    }

    @Test
    void missingFilesAreNamedWithTheirWholePath() {
        DataException missing =
                assertThrows(DataException.class, () -> new TextReader().open(folder.resolve("none.txt"), "set"));
        assertTrue(missing.getMessage().contains(folder.toAbsolutePath().toString()));
    }

    @Test
    void numbersAndNonNumbersAreKept() throws IOException {
        Row row = read("a.json", "[{\"i\": 1, \"d\": 1.5, \"n\": NaN, \"z\": null, \"l\": [1, {\"a\": true}]}]")
                .get(0);
        assertEquals(1, row.value("i"));
        assertEquals(1.5, row.value("d"));
        assertEquals(Double.NaN, row.value("n"));
        assertEquals(null, row.value("z"));
        assertEquals("[1, {a=true}]", String.valueOf(row.value("l")));
    }
}
