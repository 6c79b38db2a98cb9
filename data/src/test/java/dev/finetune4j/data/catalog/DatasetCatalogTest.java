package dev.finetune4j.data.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.source.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetCatalogTest {
    @TempDir
    Path folder;

    private DatasetEntry entry(String name, String description) throws IOException {
        Files.writeString(folder.resolve("dataset_info.json"), "{\"" + name + "\": " + description + "}");
        return DatasetCatalog.open(folder).entry(name);
    }

    private String refusal(String description) {
        return assertThrows(DataException.class, () -> entry("orders", description))
                .getMessage();
    }

    @Test
    void anEntryWithoutColumnsHasTheDefaults() throws IOException {
        DatasetEntry entry = entry("orders", "{\"file_name\": \"orders.json\"}");
        assertEquals("alpaca", entry.formatting());
        assertEquals(Columns.DEFAULTS, entry.columns());
        assertEquals("instruction", entry.columns().prompt());
        assertEquals(Tags.DEFAULTS, entry.tags());
        assertEquals(folder.resolve("orders.json"), entry.location());
        assertNull(entry.samples());
    }

    @Test
    void aColumnsOrTagsObjectResetsWhatItDoesNotList() throws IOException {
        DatasetEntry entry = entry(
                "orders",
                "{\"file_name\": \"o\", \"columns\": {\"prompt\": \"text\"}, \"tags\": {\"role_tag\": \"role\"}}");
        assertEquals("text", entry.columns().prompt());
        assertNull(entry.columns().response());
        assertEquals("role", entry.tags().role());
        assertNull(entry.tags().user());
    }

    @Test
    void everyKeyThatSayssomethingIsRead() throws IOException {
        DatasetEntry entry = entry(
                "orders",
                "{\"file_name\": \"o\", \"formatting\": \"sharegpt\", \"ranking\": true, \"num_samples\": 5, \"split\":"
                        + " \"train\", \"subset\": null, \"columns\": {\"messages\": \"m\", \"kto_tag\": \"k\"}}");
        assertEquals("sharegpt", entry.formatting());
        assertTrue(entry.ranking());
        assertEquals(5, entry.samples());
        assertEquals("k", entry.columns().feedback());
    }

    @Test
    void slipsAreNamedWithTheNearestKey() {
        assertTrue(refusal("{\"file_name\": \"o\", \"formating\": \"alpaca\"}").contains("\"formatting\""));
        assertTrue(refusal("{\"file_name\": \"o\", \"columns\": {\"promt\": \"x\"}}")
                .contains("\"prompt\""));
        assertTrue(refusal("{\"file_name\": \"o\", \"tags\": {\"rol_tag\": \"x\"}}")
                .contains("\"role_tag\""));
    }

    @Test
    void wrongTypesAreRefused() {
        assertTrue(refusal("{\"file_name\": 3}").contains("must be a text"));
        assertTrue(refusal("{\"file_name\": \"o\", \"ranking\": \"yes\"}").contains("true or false"));
        assertTrue(refusal("{\"file_name\": \"o\", \"num_samples\": 0}").contains("at least 1"));
        assertTrue(refusal("{\"file_name\": \"o\", \"columns\": []}").contains("an object"));
        assertTrue(
                refusal("{\"file_name\": \"o\", \"columns\": {\"prompt\": 1}}").contains("columns.prompt"));
        assertTrue(refusal("[]").contains("not a JSON object"));
        assertTrue(refusal("{}").contains("file_name"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"hf_hub_url\": \"a/b\"",
                "\"ms_hub_url\": \"a/b\"",
                "\"om_hub_url\": \"a/b\"",
                "\"cloud_file_name\": \"s3://x\"",
                "\"script_url\": \"x\"",
                "\"file_name\": \"o\", \"split\": \"train[:10%]\""
            })
    void sourcesToComeAreNamedAsSuch(String keys) {
        UnsupportedException refused =
                assertThrows(UnsupportedException.class, () -> entry("orders", "{" + keys + "}"));
        assertTrue(refused.getMessage().contains("orders"), refused.getMessage());
    }

    @Test
    void anUnknownDataSetIsAnsweredWithNearNames() throws IOException {
        entry("alpaca_demo", "{\"file_name\": \"o\"}");
        DatasetCatalog catalog = DatasetCatalog.open(folder);
        DataException unknown = assertThrows(DataException.class, () -> catalog.entry("alpaca_dmeo"));
        assertTrue(unknown.getMessage().contains("Did you mean \"alpaca_demo\""), unknown.getMessage());
    }

    @Test
    void aMissingOrBrokenCatalogIsNamed() throws IOException {
        assertThrows(DataException.class, () -> DatasetCatalog.open(folder));
        Files.writeString(folder.resolve("dataset_info.json"), "{\n\"a\": {,}}");
        DataException broken = assertThrows(DataException.class, () -> DatasetCatalog.open(folder));
        assertTrue(broken.where().endsWith("dataset_info.json:2"), broken.where());
        Files.writeString(folder.resolve("dataset_info.json"), "[]");
        assertThrows(DataException.class, () -> DatasetCatalog.open(folder));
        assertThrows(UnsupportedException.class, () -> DatasetCatalog.open(Path.of("ONLINE")));
        assertThrows(UnsupportedException.class, () -> DatasetCatalog.open(Path.of("REMOTE:a/b")));
    }

    @Test
    void foldersAreReadByNameWithoutHiddenFiles() throws IOException {
        Path data = Files.createDirectory(folder.resolve("parts"));
        Files.writeString(data.resolve("b.jsonl"), "{\"t\": 2}\n");
        Files.writeString(data.resolve("a.json"), "[{\"t\": 1}]");
        Files.writeString(data.resolve(".DS_Store"), "x");
        List<Row> rows =
                DatasetFiles.rows(entry("orders", "{\"file_name\": \"parts\"}")).toList();
        assertEquals(List.of(1, 2), rows.stream().map(row -> row.value("t")).toList());
    }

    @Test
    void unusableFilesAndFoldersAreNamed() throws IOException {
        DatasetEntry missing = entry("orders", "{\"file_name\": \"none.json\"}");
        assertTrue(assertThrows(DataException.class, () -> DatasetFiles.rows(missing))
                .getMessage()
                .contains(folder.resolve("none.json").toAbsolutePath().toString()));
        Path data = Files.createDirectory(folder.resolve("parts"));
        DatasetEntry parts = entry("orders", "{\"file_name\": \"parts\"}");
        assertThrows(DataException.class, () -> DatasetFiles.rows(parts));
        Files.writeString(data.resolve("a.xyz"), "");
        assertTrue(assertThrows(DataException.class, () -> DatasetFiles.rows(parts))
                .getMessage()
                .contains("jsonl"));
        Files.delete(data.resolve("a.xyz"));
        Files.createDirectory(data.resolve("inner"));
        assertThrows(DataException.class, () -> DatasetFiles.rows(parts));
    }
}
