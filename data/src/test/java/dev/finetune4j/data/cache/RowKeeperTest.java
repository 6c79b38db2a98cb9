package dev.finetune4j.data.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stopped run leaves behind, and rows too many for memory (P16). */
class RowKeeperTest {
    private static final CacheKey KEY = new CacheKey(Map.of("of", "this"));
    private static final SampleLayout ROWS = new SampleLayout(SampleLayout.Kind.ROW, false);

    @TempDir
    private Path folder;

    private final List<Integer> encoded = new ArrayList<>();

    private static Dataset<List<Reading>> groups(int count) {
        return Dataset.of(IntStream.range(0, count)
                        .mapToObj(i -> Reading.of(Conversation.of("" + i, "a")))
                        .toList())
                .chunked(1);
    }

    private static Sample sample(int number) {
        return Sample.of(
                Tokens.of(new int[] {number, number + 1}, new int[] {-100, number + 1}),
                new Provenance("set", "file", number, number + 1));
    }

    /** Encodes each group to a sample with its number, until it fails. */
    private RowKeeper.Encoder failingAt(int bad) {
        return (groups, report) -> new Cursor<>() {
            @Override
            public boolean hasNext() {
                return groups.hasNext();
            }

            @Override
            public List<Sample> next() {
                Reading reading = groups.next().get(0);
                int number = Integer.parseInt(((Reading.Accepted) reading)
                        .conversation()
                        .messages()
                        .get(0)
                        .content());
                if (number == bad) {
                    throw new IllegalStateException("killed");
                }
                encoded.add(number);
                Sample sample = sample(number);
                report.encoded(sample, 0, false);
                return List.of(sample);
            }
        };
    }

    private RowKeeper keeper(CacheKey key) {
        return new RowKeeper(folder.resolve("kept"), false, key, ROWS, 3);
    }

    @Test
    void aStoppedRunGoesOnBehindItsFinishedParts() {
        assertThrows(IllegalStateException.class, () -> keeper(KEY).keep("train", groups(11), failingAt(7)));
        assertFalse(Files.exists(folder.resolve("kept")), "nothing has its name yet");
        encoded.clear();
        RowKeeper again = keeper(KEY);
        CutReport report = again.keep("train", groups(11), failingAt(-1));
        assertEquals(List.of(6, 7, 8, 9, 10), encoded);
        assertEquals(11, report.rows());
        again.finish();
        EncodedRows rows = new KeptRows(folder.resolve("kept"), KEY, "sft", java.util.OptionalInt.empty())
                .open()
                .orElseThrow()
                .get("train");
        assertEquals(11, rows.count());
        for (int i = 0; i < 11; i++) {
            assertArrayEquals(new int[] {i, i + 1}, rows.row(i).ids());
            assertEquals(sample(i).provenance(), rows.provenance(i));
        }
        assertFalse(Files.exists(folder.resolve("kept.parts")));
    }

    @Test
    void partsOfOtherRowsAreNotUsed() {
        assertThrows(IllegalStateException.class, () -> keeper(KEY).keep("train", groups(11), failingAt(7)));
        encoded.clear();
        keeper(new CacheKey(Map.of("of", "that"))).keep("train", groups(11), failingAt(-1));
        assertEquals(11, encoded.size());
    }

    @Test
    void manyRowsGoThroughFilesThatLeaveNoTrace() throws Exception {
        CutReport report = new CutReport();
        SpillingSink sink = new SpillingSink("sft", false, 9);
        EncodedRows rows;
        try (sink) {
            for (int i = 0; i < 5000; i++) {
                sink.accept(List.of(sample(i)));
            }
            rows = sink.finish(report);
        }
        assertEquals(5000, rows.count());
        assertEquals(10_000, rows.statistics().tokens());
        assertEquals(5000, rows.statistics().largestId());
        assertArrayEquals(new int[] {4321, 4322}, rows.row(4321).ids());
        assertEquals("file:4322", rows.provenance(4321).toString());
        rows.close();
        try (var left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertTrue(left.noneMatch(path -> path.getFileName().toString().startsWith("finetune4j-rows-")));
        }
    }
}
