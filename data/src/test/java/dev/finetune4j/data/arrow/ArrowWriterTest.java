package dev.finetune4j.data.arrow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowColumn.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P16. The other direction, Python opening these folders, is {@code parity/arrow_datasets.py check}. */
class ArrowWriterTest {
    private static final List<ArrowColumn> COLUMNS = List.of(
            ArrowColumn.of("input_ids", Type.INT32_LIST),
            ArrowColumn.of("attention_mask", Type.INT8_LIST),
            ArrowColumn.nullable("labels", Type.INT64_LIST),
            ArrowColumn.nullable("name", Type.TEXT),
            ArrowColumn.nullable("images", Type.TEXT_LIST),
            ArrowColumn.nullable("kto_tag", Type.BOOL),
            ArrowColumn.nullable("count", Type.INT32),
            ArrowColumn.of("row", Type.INT64),
            ArrowColumn.nullable("weight", Type.FLOAT64));

    @TempDir
    Path folder;

    private static Object[] row(int number, Random random) {
        int[] ids = random.ints(random.nextInt(20), 0, 1 << 20).toArray();
        byte[] mask = new byte[ids.length];
        Arrays.fill(mask, (byte) 1);
        boolean bare = random.nextInt(4) == 0;
        return new Object[] {
            ids,
            mask,
            bare ? null : Arrays.stream(ids).asLongStream().map(id -> id - 100).toArray(),
            bare ? null : "Zeile " + number + " 🙂",
            bare ? null : ids.length % 2 == 0 ? List.of() : List.of("a.png", "é"),
            bare ? null : number % 2 == 0,
            bare ? null : -number,
            (long) number << 33,
            bare ? null : number / 3.0
        };
    }

    private void write(ArrowShardWriter writer, int rows) {
        Random random = new Random(rows);
        for (int i = 0; i < rows; i++) {
            writer.append(row(i, random));
        }
    }

    private static void assertHolds(int rows, ArrowTable table) {
        assertEquals(rows, table.count());
        Random random = new Random(rows);
        for (int i = 0; i < rows; i++) {
            Object[] row = row(i, random);
            assertArrayEquals((int[]) row[0], table.ints("input_ids", i));
            assertArrayEquals((byte[]) row[1], table.bytes("attention_mask", i));
            assertEquals(row[2] == null, table.isNull("labels", i));
            if (row[2] != null) {
                assertArrayEquals((long[]) row[2], table.longs("labels", i));
            }
            List<String> others = List.of("name", "images", "kto_tag", "count", "weight");
            List<Integer> places = List.of(3, 4, 5, 6, 8);
            for (int j = 0; j < others.size(); j++) {
                assertEquals(row[places.get(j)], table.value(others.get(j), i), others.get(j) + " of row " + i);
            }
            assertEquals(row[7], table.number("row", i));
        }
    }

    @Test
    void whatWasWrittenIsReadBackAcrossBatchesAndShards() throws IOException {
        ArrowShardWriter.Options options = new ArrowShardWriter.Options(100, 40_000, Map.of("finetune4j", "a note"));
        try (ArrowShardWriter writer = ArrowShardWriter.open(folder, COLUMNS, options)) {
            write(writer, 2345);
            writer.finish();
        }
        assertHolds(2345, ArrowTable.open(folder));
        assertEquals("a note", ArrowTable.open(folder).metadata().get("finetune4j"));
        List<Path> files = ArrowFolder.files(folder);
        assertTrue(files.size() > 2, files.toString());
        assertEquals(
                "data-00000-of-0000" + files.size() + ".arrow",
                files.get(0).getFileName().toString());
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(files.size() + 2, all.count());
        }
    }

    @Test
    void aTableWithoutRowsIsATable() {
        try (ArrowShardWriter writer = ArrowShardWriter.open(folder, COLUMNS, ArrowShardWriter.Options.DEFAULTS)) {
            writer.finish();
        }
        assertEquals(0, ArrowTable.open(folder).count());
        assertEquals(9, ArrowTable.open(folder).columns().size());
    }

    @Test
    void splitsAppearTogetherOrNotAtAll() throws IOException {
        Path target = folder.resolve("cache");
        try (ArrowFolderWriter writer = ArrowFolderWriter.create(target, false)) {
            write(writer.split("train", COLUMNS, ArrowShardWriter.Options.DEFAULTS), 1500);
            write(writer.split("validation", COLUMNS, ArrowShardWriter.Options.DEFAULTS), 3);
            assertFalse(Files.exists(target));
            writer.finish();
        }
        assertEquals(List.of("train", "validation"), ArrowFolder.splits(target));
        assertHolds(1500, ArrowTable.open(target.resolve("train")));
        assertHolds(3, ArrowTable.open(target.resolve("validation")));
        assertThrows(DataException.class, () -> ArrowFolderWriter.create(target, false));
        try (ArrowFolderWriter writer = ArrowFolderWriter.create(target, true)) {
            write(writer.table(COLUMNS, ArrowShardWriter.Options.DEFAULTS), 2);
        }
        assertEquals(List.of("train", "validation"), ArrowFolder.splits(target), "an unfinished one replaces nothing");
        try (ArrowFolderWriter writer = ArrowFolderWriter.create(target, true)) {
            write(writer.table(COLUMNS, ArrowShardWriter.Options.DEFAULTS), 2);
            writer.finish();
        }
        assertHolds(2, ArrowTable.open(target));
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of(target), all.toList());
        }
    }

    @Test
    void anUnfinishedTableLeavesNothingBehind() throws IOException {
        try (ArrowShardWriter writer = ArrowShardWriter.open(folder, COLUMNS, ArrowShardWriter.Options.DEFAULTS)) {
            write(writer, 10);
        }
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of(), all.toList());
        }
    }

    @Test
    void aRowThatDoesNotFitIsLeftOutWhole() {
        List<ArrowColumn> columns =
                List.of(ArrowColumn.of("ids", Type.INT32_LIST), ArrowColumn.nullable("t", Type.TEXT));
        try (ArrowShardWriter writer = ArrowShardWriter.open(folder, columns, ArrowShardWriter.Options.DEFAULTS)) {
            writer.append(new int[] {1}, "a");
            String wrong = assertThrows(DataException.class, () -> writer.append(new int[] {2}, 5))
                    .getMessage();
            assertTrue(wrong.contains("\"t\"") && wrong.contains("Integer"), wrong);
            assertThrows(DataException.class, () -> writer.append(null, "b"));
            assertThrows(DataException.class, () -> writer.append(new int[] {2}));
            writer.append(new int[] {3}, null);
            writer.finish();
        }
        ArrowTable table = ArrowTable.open(folder);
        assertEquals(2, table.count());
        assertArrayEquals(new int[] {3}, table.ints("ids", 1));
        assertThrows(
                DataException.class, () -> ArrowShardWriter.open(folder, columns, ArrowShardWriter.Options.DEFAULTS));
    }

    /** Writes what {@code parity/arrow_datasets.py check} opens, when asked by the property. */
    @Test
    void pythonIsGivenWhatItChecks() throws IOException {
        Path target = Path.of(
                System.getProperty("finetune4j.arrow.out", folder.resolve("out").toString()));
        ObjectNode sheet = new JsonMapper().createObjectNode();
        try (ArrowFolderWriter writer = ArrowFolderWriter.create(target, true)) {
            for (int rows : List.of(2345, 5)) {
                String name = rows == 5 ? "eval" : "train";
                write(writer.split(name, COLUMNS, new ArrowShardWriter.Options(100, 40_000, Map.of("k", "v"))), rows);
                describe(sheet.putObject(name), rows);
            }
            writer.finish();
        }
        Files.writeString(target.resolveSibling("sheet.json"), sheet.toString());
        assertHolds(2345, ArrowTable.open(target.resolve("train")));
    }

    private static void describe(ObjectNode sheet, int rows) {
        ObjectNode features = sheet.putObject("features");
        List<String> types = List.of(
                "list<int32>",
                "list<int8>",
                "list<int64>",
                "string",
                "list<string>",
                "bool",
                "int32",
                "int64",
                "float64");
        for (int i = 0; i < types.size(); i++) {
            features.put(COLUMNS.get(i).name(), types.get(i));
        }
        ArrayNode listed = sheet.putArray("rows");
        Random random = new Random(rows);
        for (int i = 0; i < rows; i++) {
            Object[] row = row(i, random);
            ObjectNode values = listed.addObject();
            for (int j = 0; j < row.length; j++) {
                Object value = row[j];
                if (value instanceof byte[] mask) {
                    List<Integer> numbers = new ArrayList<>();
                    for (byte one : mask) {
                        numbers.add((int) one);
                    }
                    value = numbers;
                }
                values.putPOJO(COLUMNS.get(j).name(), value);
            }
        }
    }
}
