package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.dataset.Cursor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileKindsTest {
    @TempDir
    Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static List<Row> read(Path path) {
        DataFile file = DataFile.of(path);
        List<Row> rows = new ArrayList<>();
        try (Cursor<Row> cursor =
                RecordReader.forExtension(file.extension()).orElseThrow().open(file, "set")) {
            cursor.forEachRemaining(rows::add);
        }
        return rows;
    }

    @Test
    void csvHasAHeaderAndEmptyCellsAreNull() throws IOException {
        List<Row> rows = read(file(
                "a.csv", "\ufeffinstruction,output\r\n\"say \"\"hi\"\"\nnow, please\",\r\n\"\",b\r\n\r\nc,\"d\"\r\n"));
        assertEquals("say \"hi\"\nnow, please", rows.get(0).value("instruction"));
        assertNull(rows.get(0).value("output"));
        assertNull(rows.get(1).value("instruction"));
        assertEquals("d", rows.get(2).value("output"));
        assertEquals(3, rows.size());
        assertEquals(2, rows.get(0).provenance().line());
        assertEquals(folder.resolve("a.csv") + ":4", rows.get(1).provenance().toString());
    }

    @Test
    void tabsSeparateInTsv() throws IOException {
        Row row = read(file("a.tsv", "a\tb\n1,5\t\"x\ty\"\n")).get(0);
        assertEquals("1,5", row.value("a"));
        assertEquals("x\ty", row.value("b"));
    }

    @Test
    void raggedRowsAreNamedWithTheirLine() throws IOException {
        for (String bad : List.of("3", "3,4,5")) {
            DataException ragged =
                    assertThrows(DataException.class, () -> read(file("a.csv", "a,b\n1,2\n" + bad + "\n")));
            assertEquals(folder.resolve("a.csv") + ":3", ragged.where());
            assertTrue(ragged.getMessage().contains("2 columns (a, b)"), ragged.getMessage());
        }
    }

    @Test
    void headersMustNameEachColumnOnce() throws IOException {
        assertTrue(assertThrows(DataException.class, () -> read(file("a.csv", "a,a\n1,2")))
                .getMessage()
                .contains("twice"));
        assertTrue(assertThrows(DataException.class, () -> read(file("b.csv", "a,\n1,2")))
                .getMessage()
                .contains("empty"));
        assertTrue(assertThrows(DataException.class, () -> read(file("c.csv", "")))
                .getMessage()
                .contains("first line"));
        assertEquals(List.of(), read(file("d.csv", "a,b\n")));
    }

    @Test
    void anOpenQuoteIsNoticed() throws IOException {
        DataException open = assertThrows(DataException.class, () -> read(file("a.csv", "a,b\n1,2\n3,\"4\n5,6\n")));
        assertTrue(open.getMessage().contains("quote"), open.getMessage());
    }

    @Test
    void compressedFilesAreReadByTheNameInside() throws IOException {
        byte[] lines = "{\"t\": 1}\n{\"t\": 2}\n".getBytes(StandardCharsets.UTF_8);
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.jsonl.gz")))) {
            gzip.write(lines);
        }
        try (OutputStream zstd = new ZstdOutputStream(Files.newOutputStream(folder.resolve("b.JSONL.zst")))) {
            zstd.write(lines);
        }
        for (String name : List.of("a.jsonl.gz", "b.JSONL.zst")) {
            List<Row> rows = read(folder.resolve(name));
            assertEquals(2, rows.size());
            assertEquals(folder.resolve(name) + ":2", rows.get(1).provenance().toString());
        }
        byte[] whole = Files.readAllBytes(folder.resolve("a.jsonl.gz"));
        Files.write(folder.resolve("cut.jsonl.gz"), java.util.Arrays.copyOf(whole, whole.length - 9));
        assertTrue(assertThrows(DataException.class, () -> read(folder.resolve("cut.jsonl.gz")))
                .getMessage()
                .contains("cannot be read"));
    }

    @Test
    void severalCompressedPiecesInOneFileAreOne() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            byte[] line = ("{\"t\": " + i + "}\n").getBytes(StandardCharsets.UTF_8);
            try (OutputStream piece = new GZIPOutputStream(gzip)) {
                piece.write(line);
            }
            try (OutputStream piece = new ZstdOutputStream(zstd)) {
                piece.write(line);
            }
        }
        assertEquals(
                3,
                read(Files.write(folder.resolve("a.jsonl.gz"), gzip.toByteArray()))
                        .size());
        assertEquals(
                3,
                read(Files.write(folder.resolve("a.jsonl.zst"), zstd.toByteArray()))
                        .size());
    }

    @Test
    void compressedArrowFilesAreReadThroughACopy() throws IOException {
        Path packed = folder.resolve("a.arrow.gz");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            gzip.write(Files.readAllBytes(Golden.path("golden/arrow/stream.arrow")));
        }
        assertEquals(5, read(packed).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.json.bz2", "a.jsonl.xz", "a.csv.zip"})
    void otherCompressionsAreRefusedWithAWayOut(String name) throws IOException {
        Path packed = file(name, "x");
        String message =
                assertThrows(UnsupportedException.class, () -> read(packed)).getMessage();
        assertTrue(message.contains("Unpack"), message);
    }

    @Test
    void rowsAreReadAsTheyAreAskedFor() throws IOException {
        int[] served = new int[1];
        byte[] line = ("{\"t\": \"" + "x".repeat(1000) + "\"}\n").getBytes(StandardCharsets.UTF_8);
        DataFile endless = DataFile.of("a.jsonl", () -> new java.io.InputStream() {
            private int at;

            @Override
            public int read() {
                served[0]++;
                return line[at++ % line.length];
            }

            @Override
            public int read(byte[] target, int from, int count) {
                for (int i = 0; i < count; i++) {
                    target[from + i] = (byte) read();
                }
                return count;
            }
        });
        try (Cursor<Row> rows = new JsonReader().open(endless, "set")) {
            for (int i = 0; i < 10; i++) {
                rows.next();
            }
            assertTrue(served[0] < 1 << 20, "read " + served[0] + " bytes for ten rows");
        }
    }

    /** P16. */
    @ParameterizedTest
    @ValueSource(strings = {"a.json", "a.csv"})
    void aFileLargerThanTheHeapIsRead(String name) {
        long wanted = Runtime.getRuntime().maxMemory() + (1 << 26);
        String text = "x".repeat(100_000);
        byte[] row = (name.endsWith("csv")
                        ? "\"" + text + "\"\n"
                        : "{\"t\": \"" + text + "\"}" + (name.equals("a.json") ? "," : "\n"))
                .getBytes(StandardCharsets.UTF_8);
        long count = wanted / row.length;
        byte[] start =
                (name.equals("a.json") ? "[" : name.equals("a.csv") ? "t\n" : "").getBytes(StandardCharsets.UTF_8);
        byte[] end = (name.equals("a.json") ? "{}]" : "").getBytes(StandardCharsets.UTF_8);
        DataFile large = DataFile.of(
                name,
                () -> new java.io.SequenceInputStream(java.util.Collections.enumeration(List.of(
                        new java.io.ByteArrayInputStream(start),
                        new Repeated(row, count),
                        new java.io.ByteArrayInputStream(end)))));
        long rows = 0;
        try (Cursor<Row> cursor =
                RecordReader.forExtension(large.extension()).orElseThrow().open(large, "set")) {
            while (cursor.hasNext()) {
                cursor.next();
                rows++;
            }
        }
        assertEquals(count + (name.equals("a.json") ? 1 : 0), rows);
    }

    /** The same bytes so many times. */
    private static final class Repeated extends java.io.InputStream {
        private final byte[] bytes;
        private final long length;
        private long at;

        Repeated(byte[] bytes, long count) {
            this.bytes = bytes;
            this.length = bytes.length * count;
        }

        @Override
        public int read() {
            return at == length ? -1 : bytes[(int) (at++ % bytes.length)];
        }

        @Override
        public int read(byte[] target, int from, int wanted) {
            int place = (int) (at % bytes.length);
            int count = (int) Math.min(Math.min(wanted, bytes.length - place), length - at);
            System.arraycopy(bytes, place, target, from, count);
            at += count;
            return count == 0 ? -1 : count;
        }
    }
}
