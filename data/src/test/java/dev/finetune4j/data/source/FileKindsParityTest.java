package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.dataset.Cursor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rows that LLaMA-Factory has of the same files; see {@code parity/file_kinds.py}. */
class FileKindsParityTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode EXPECTED =
            Golden.json("golden/files/expected.json").get("rows");

    private static JsonNode read(String name) {
        DataFile file = DataFile.of(Golden.path("golden/files/" + name));
        List<Map<String, ?>> rows = new ArrayList<>();
        try (Cursor<Row> cursor =
                RecordReader.forExtension(file.extension()).orElseThrow().open(file, "set")) {
            cursor.forEachRemaining(row -> rows.add(row.values()));
        }
        TreeSet<String> columns = new TreeSet<>();
        rows.forEach(row -> columns.addAll(row.keySet()));
        // A column that a row lacks is null there; the reference has no other way to say it.
        List<Map<String, Object>> filled = new ArrayList<>();
        for (Map<String, ?> row : rows) {
            Map<String, Object> all = new LinkedHashMap<>();
            columns.forEach(column -> all.put(column, row.get(column)));
            filled.add(all);
        }
        return JSON.valueToTree(filled);
    }

    @Test
    void everyFileHasTheRowsOfTheReference() {
        int compared = 0;
        for (Map.Entry<String, JsonNode> file : EXPECTED.properties()) {
            if (file.getValue().isArray() && !file.getKey().equals("mark.txt")) {
                assertEquals(file.getValue(), read(file.getKey()), file.getKey());
                compared++;
            }
        }
        assertTrue(compared >= 18, compared + " files were compared");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() {
        assertEquals("[{\"t\":\"a\"}]", read("mark.json").toString(), "refused by the reference");
        assertEquals("one", read("mark.txt").get(0).get("text").textValue(), "kept by the reference");
    }
}
