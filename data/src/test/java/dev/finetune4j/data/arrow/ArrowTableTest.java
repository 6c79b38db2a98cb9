package dev.finetune4j.data.arrow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P16. What Python's {@code datasets} and {@code pyarrow} wrote; see {@code parity/arrow_datasets.py}. */
class ArrowTableTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode EXPECTED = Golden.json("golden/arrow/expected.json");

    static Object plain(Object value) {
        if (value instanceof byte[] bytes) {
            List<Integer> unsigned = new ArrayList<>();
            for (byte b : bytes) {
                unsigned.add(b & 0xff);
            }
            return Map.of("bytes", unsigned);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ArrowTableTest::plain).collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> plain = new LinkedHashMap<>();
            map.forEach((key, part) -> plain.put(key, plain(part)));
            return plain;
        }
        return value;
    }

    private static ArrowTable table(String name) {
        return ArrowTable.open(Golden.path("golden/arrow/" + name));
    }

    @Test
    void everyTypeThatPythonSavesIsReadByRowNumber() {
        ArrowTable table = table("types");
        JsonNode expected = EXPECTED.get("types");
        assertEquals(expected.size(), table.count());
        for (int row = table.count() - 1; row >= 0; row--) {
            for (String column : table.columns()) {
                assertEquals(
                        expected.get(row).get(column),
                        JSON.valueToTree(plain(table.value(column, row))),
                        column + " of row " + row);
            }
            assertEquals(expected.get(row), JSON.valueToTree(plain(table.row(row))));
        }
        assertTrue(table.metadata().get("huggingface").contains("\"features\""));
    }

    @Test
    void typedAccessGivesPlainArrays() {
        ArrowTable table = table("types");
        assertArrayEquals(new int[] {1, 2, 3}, table.ints("ids", 0));
        assertArrayEquals(new int[0], table.ints("ids", 1));
        assertArrayEquals(new long[] {-5}, table.longs("ids", 3));
        assertArrayEquals(new int[] {-128}, table.ints("masks", 3));
        assertArrayEquals(new byte[] {1, 0, 1}, table.bytes("masks", 0));
        assertArrayEquals(new long[] {1L << 40}, table.longs("longs", 0));
        assertArrayEquals(new byte[] {0, -1}, table.bytes("bytes", 1));
        assertEquals("zwölf Boxkämpfer", table.text("text", 3));
        assertEquals(List.of("d", "e"), table.texts("words", 6));
        assertTrue(table.flag("flag", 0));
        assertEquals(Long.MIN_VALUE, table.number("i64", 3));
        assertTrue(table.isNull("ids", 2));
        assertFalse(table.isNull("ids", 1));
        assertTrue(table.isNull("nothing", 0));
    }

    @Test
    void aWrongQuestionNamesColumnRowAndType() {
        ArrowTable table = table("types");
        String mistaken =
                assertThrows(DataException.class, () -> table.ints("text", 0)).getMessage();
        assertTrue(mistaken.contains("\"text\"") && mistaken.contains("row 0"), mistaken);
        assertThrows(DataException.class, () -> table.ints("ids", 2));
        assertThrows(DataException.class, () -> table.ints("longs", 0));
        assertThrows(DataException.class, () -> table.texts("words", 0));
        assertThrows(DataException.class, () -> table.text("i8", 0));
        assertThrows(IndexOutOfBoundsException.class, () -> table.isNull("ids", table.count()));
        String unknown =
                assertThrows(DataException.class, () -> table.text("txet", 0)).getMessage();
        assertTrue(unknown.contains("Did you mean \"text\""), unknown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random_access.arrow", "stream.arrow"})
    void bothFileFormatsAndDictionariesAreRead(String file) {
        ArrowTable table = table(file);
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < table.count(); i++) {
            rows.add(table.row(i));
        }
        assertEquals(EXPECTED.get("coded"), JSON.valueToTree(rows));
        assertEquals("yes", table.text("label", 4));
        assertTrue(table.isNull("label", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"random_access.arrow", "stream.arrow"})
    void filesAreReadAsRowsLikeAnyOther(String file) {
        List<Row> rows = new ArrayList<>();
        RecordReader.forExtension("arrow")
                .orElseThrow()
                .open(Golden.path("golden/arrow/" + file), "set")
                .forEachRemaining(rows::add);
        assertEquals(
                EXPECTED.get("coded"),
                JSON.valueToTree(rows.stream().map(Row::values).toList()));
        assertTrue(rows.get(4).provenance().toString().endsWith(file + " row 4"));
    }

    @Test
    void splitsAreNamedAndOpenedOneByOne() {
        var folder = Golden.path("golden/arrow/splits");
        assertEquals(List.of("train", "test"), ArrowFolder.splits(folder));
        assertTrue(assertThrows(DataException.class, () -> ArrowTable.open(folder))
                .getMessage()
                .contains("train, test"));
        for (String split : ArrowFolder.splits(folder)) {
            ArrowTable table = ArrowTable.open(folder.resolve(split));
            List<Object> rows = new ArrayList<>();
            for (int i = 0; i < table.count(); i++) {
                rows.add(table.row(i));
            }
            assertEquals(EXPECTED.get("splits").get(split), JSON.valueToTree(rows));
        }
    }

    @Test
    void whatIsNotReadIsRefusedWithAWayOut() {
        String compressed = assertThrows(UnsupportedException.class, () -> table("compressed.arrow"))
                .getMessage();
        assertTrue(compressed.contains("without compression"), compressed);
        String decimal = assertThrows(UnsupportedException.class, () -> table("decimal.arrow"))
                .getMessage();
        assertTrue(decimal.contains("\"price\"") && decimal.contains("Decimal"), decimal);
        assertThrows(DataException.class, () -> table("expected.json"));
    }
}
