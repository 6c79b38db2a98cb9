package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory does not grow with the data (P16) and a hostile file does not exhaust it: both in machines with a small heap. */
class SmallHeapTest {
    private static final int MEGABYTE = 1 << 20;
    private static final int ROWS = 2000;

    @TempDir
    private Path folder;

    private String run(int heap, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapProgram.class.getName(),
                folder.toString(),
                Golden.path("tokenizers/bytes").toString()));
        command.addAll(List.of(more));
        Path output = Files.createTempFile(folder, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the program ends");
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private void catalog() throws IOException {
        Files.writeString(folder.resolve("dataset_info.json"), "{\"rows\": {\"file_name\": \"rows.jsonl\"}}");
    }

    @Test
    void aLineOfOneHundredAndFiftyMegabytesIsRefusedBySixtyFour() throws IOException, InterruptedException {
        catalog();
        String text = "x".repeat(MEGABYTE / 4);
        String row = "{\"instruction\": \"q\", \"output\": \"" + "short ".repeat(8) + "\"}\n";
        try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("rows.jsonl"))) {
            for (int written = 0; written < MEGABYTE; written += row.length()) {
                out.write(row);
            }
            out.write("{\"instruction\": \"q\", \"output\": \"");
            for (int i = 0; i < 600; i++) {
                out.write(text);
            }
            out.write("\"}\n");
            for (int written = 0; written < 49 * MEGABYTE; written += row.length()) {
                out.write(row);
            }
        }
        assertTrue(Files.size(folder.resolve("rows.jsonl")) > 195L * MEGABYTE);
        String said = run(64);
        assertTrue(said.contains("refused: ") && said.contains("bytes that a row may have"), said);
        assertTrue(said.contains("rows.jsonl") && said.contains("-Xmx"), said);
    }

    private void writeRows(int count) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append("{\"instruction\": \"say ").append(i).append("\", \"output\": \"");
            rows.append("word and word ".repeat(60)).append("\"}\n");
        }
        Files.write(folder.resolve("rows.jsonl"), rows.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Twenty thousand rows of 670 tokens are 100 MB of ids and labels, more than the heap has. */
    @Test
    void tenTimesTheRowsNeedNoMoreHeap() throws IOException, InterruptedException {
        catalog();
        int heap = 80;
        writeRows(ROWS);
        long few = tokens(run(heap), ROWS);
        writeRows(10 * ROWS);
        long many = tokens(run(heap), 10 * ROWS);
        assertTrue(
                many > 10 * few && many * 2 * Integer.BYTES > (long) heap * MEGABYTE, few + " and " + many + " tokens");
    }

    /** Rows that are kept never lie in memory, so that a heap is enough which they would fill. */
    @Test
    void rowsThatAreKeptNeedLessHeapThanTheyHaveTokens() throws IOException, InterruptedException {
        catalog();
        int heap = 32;
        writeRows(4 * ROWS);
        String kept = folder.resolve("kept").toString();
        long tokens = tokens(run(heap, kept), 4 * ROWS);
        assertTrue(tokens * 2 * Integer.BYTES > (heap - 8L) * MEGABYTE, tokens + " tokens");
        assertEquals(tokens, tokens(run(heap, kept), 4 * ROWS), "opened again");
    }

    private static long tokens(String said, int rows) {
        String line = said.lines()
                .filter(text -> text.endsWith(" MB"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(said));
        String[] words = line.split(" ");
        assertEquals(rows, Integer.parseInt(words[0]), said);
        return Long.parseLong(words[2]);
    }
}
