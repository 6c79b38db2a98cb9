package dev.finetune4j.data.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetFiles;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.Row;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of {@code parity/parquet_files.py}. */
class ParquetReaderTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(ParquetReaderTest.class.getResource("/golden/" + name).toURI());
    }

    private static Dataset<Row> rows(Path location) {
        return DatasetFiles.rows(DatasetCatalog.of(Map.of("set", Map.of("file_name", location.toString())))
                .entry("set"));
    }

    private static Object plain(Object value) {
        if (value instanceof byte[] bytes) {
            List<Integer> unsigned = new ArrayList<>();
            for (byte b : bytes) {
                unsigned.add(b & 0xff);
            }
            return Map.of("bytes", unsigned);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, part) -> copy.put(key, plain(part)));
            return copy;
        }
        return value;
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "zstd", "gzip", "lz4", "none"})
    void rowsAreThoseThatPythonWrote(String compression) throws Exception {
        JsonNode expected = JSON.readTree(golden("expected.json").toFile()).get("rows");
        List<Row> rows = rows(golden(compression + ".parquet")).toList();
        assertEquals(expected.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            JsonNode found = JSON.valueToTree(plain(rows.get(i).values()));
            for (Map.Entry<String, JsonNode> column : expected.get(i).properties()) {
                assertEquals(column.getValue(), found.get(column.getKey()), column.getKey() + " of row " + i);
            }
            assertEquals(i, rows.get(i).provenance().row());
        }
    }

    @Test
    void aFolderOfFilesIsOneSetAndFilesWithoutRowsAreFine() throws Exception {
        for (String name : List.of("b.parquet", "a.parquet")) {
            Files.copy(golden("snappy.parquet"), folder.resolve(name));
        }
        Files.copy(golden("empty.parquet"), folder.resolve("c.parquet"));
        List<Row> rows = rows(folder).toList();
        assertEquals(24, rows.size());
        assertEquals(
                folder.resolve("a.parquet") + " row 0", rows.get(0).provenance().toString());
    }

    @Test
    void whatIsNoParquetOrBrotliIsNamed() throws Exception {
        Path broken = Files.writeString(folder.resolve("x.parquet"), "PAR1 nothing of the kind PAR1");
        DataException damaged =
                assertThrows(DataException.class, () -> rows(broken).toList());
        assertTrue(damaged.getMessage().contains(broken.toString()), damaged.getMessage());
        Path brotli = golden("brotli.parquet");
        assertTrue(assertThrows(DataException.class, () -> rows(brotli).toList())
                .getMessage()
                .contains("snappy"));
        assertThrows(DataException.class, () -> new ParquetReader().open(folder.resolve("none.parquet"), "set"));
    }

    @Test
    void damagedFilesEndInAMessage() throws Exception {
        byte[] whole = Files.readAllBytes(golden("snappy.parquet"));
        Random random = new Random(5);
        Path file = folder.resolve("m.parquet");
        for (int i = 0; i < 200; i++) {
            byte[] copy = whole.clone();
            for (int j = 0; j < 3; j++) {
                copy[random.nextInt(copy.length)] = (byte) random.nextInt();
            }
            readOrRefuse(Files.write(file, copy));
        }
    }

    private static void readOrRefuse(Path file) throws IOException {
        try (Cursor<Row> rows = new ParquetReader().open(file, "set")) {
            while (rows.hasNext()) {
                rows.next();
            }
        } catch (DataException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        }
    }
}
