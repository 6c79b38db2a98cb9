package dev.finetune4j.data.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.source.DataFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P18. Every slip in the description of a data set is named before a row is read. */
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

    private DatasetEntry entry(String description, Map<String, String> environment) throws IOException {
        Files.writeString(folder.resolve("dataset_info.json"), "{\"orders\": " + description + "}");
        return DatasetCatalog.open(folder, HubFiles.NONE, environment).entry("orders");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hf|||HUGGING_FACE",
                "ms|||MODELSCOPE",
                "om|||OPENMIND",
                "hf,ms|||HUGGING_FACE",
                "hf,ms|1||MODELSCOPE",
                "hf,om||True|OPENMIND",
                "hf,ms,om|y|y|MODELSCOPE",
                "hf,ms,om|0|y|OPENMIND",
                "ms,om|||MODELSCOPE",
                "hf|1|1|HUGGING_FACE"
            })
    void theHubIsChosenByTheRuleOfTheReference(String keys, String modelscope, String openmind, Origin.Host host)
            throws IOException {
        String urls = Stream.of(keys.split(","))
                .map(key -> "\"" + key + "_hub_url\": \"" + key + "/repo\"")
                .collect(Collectors.joining(", "));
        Map<String, String> environment = new HashMap<>();
        if (modelscope != null) {
            environment.put("USE_MODELSCOPE_HUB", modelscope);
        }
        if (openmind != null) {
            environment.put("USE_OPENMIND_HUB", openmind);
        }
        DatasetEntry entry = entry(
                "{" + urls + ", \"file_name\": \"ignored.json\", \"subset\": \"en\", \"folder\": \"python\"}",
                environment);
        Origin.Hub hub = (Origin.Hub) entry.origin();
        assertEquals(host, hub.host());
        assertEquals(
                host.name().substring(0, 1).toLowerCase(java.util.Locale.ROOT),
                hub.repository().substring(0, 1));
        assertEquals("en", hub.subset());
        assertEquals("python", hub.folder());
        assertTrue(assertThrows(UnsupportedException.class, () -> DatasetFiles.rows(entry))
                .getMessage()
                .contains(hub.repository()));
    }

    @Test
    void aHubGivesTheFilesOfEachSplit() throws IOException {
        Path train = Files.writeString(folder.resolve("a.jsonl"), "{\"t\": 1}\n{\"t\": 2}\n{\"t\": 3}\n");
        Path test = Files.writeString(folder.resolve("b.jsonl"), "{\"t\": 4}\n");
        HubFiles hub = new HubFiles() {
            @Override
            public List<DataFile> files(DatasetEntry entry, Origin.Hub place, String split) {
                return List.of(DataFile.of(split.equals("train") ? train : test));
            }

            @Override
            public Path catalog(String repository) {
                return folder.resolve("dataset_info.json");
            }
        };
        DatasetEntry entry = entry("{\"hf_hub_url\": \"a/b\", \"split\": \"test+train[1:]\"}", Map.of());
        assertEquals(
                List.of(4, 2, 3),
                DatasetFiles.rows(entry, hub).toList().stream()
                        .map(row -> row.value("t"))
                        .toList());
        DatasetCatalog remote = DatasetCatalog.open(Path.of("REMOTE:owner/repo"), hub, Map.of());
        assertEquals(List.of("orders"), List.copyOf(remote.names()));
        assertEquals(entry.origin(), remote.entry("orders").origin());
        entry("{\"file_name\": \"a.jsonl\"}", Map.of());
        String local = assertThrows(
                        DataException.class,
                        () -> DatasetCatalog.open(Path.of("REMOTE:owner/repo"), hub, Map.of())
                                .entry("orders"))
                .getMessage();
        assertTrue(local.contains("hf_hub_url"), local);
    }

    @Test
    void withoutACatalogEveryNameIsAHubsDataSet() {
        DatasetCatalog online = DatasetCatalog.open(Path.of("ONLINE"), HubFiles.NONE, Map.of());
        assertEquals(
                new Origin.Hub(Origin.Host.HUGGING_FACE, "owner/set", null, null),
                online.entry("owner/set").origin());
        assertEquals(Columns.DEFAULTS, online.entry("owner/set").columns());
        assertEquals(
                Origin.Host.MODELSCOPE,
                ((Origin.Hub) DatasetCatalog.open(Path.of("ONLINE"), HubFiles.NONE, Map.of("USE_MODELSCOPE_HUB", "1"))
                                .entry("a/b")
                                .origin())
                        .host());
        assertThrows(
                UnsupportedException.class, () -> DatasetCatalog.open(Path.of("REMOTE:a/b"), HubFiles.NONE, Map.of()));
    }

    @Test
    void aMapIsACatalog() throws IOException {
        Files.writeString(folder.resolve("o.json"), "[{\"instruction\": \"a\", \"output\": \"b\"}]");
        Map<String, Map<String, ?>> map = Map.of("mine", Map.of("file_name", "o.json", "num_samples", 3));
        DatasetEntry entry = DatasetCatalog.of(map, folder).entry("mine");
        assertEquals(3, entry.samples());
        assertEquals(1, DatasetFiles.rows(entry).toList().size());
        assertThrows(DataException.class, () -> DatasetCatalog.of(map).entry("other"));
        assertEquals(Path.of("o.json"), DatasetCatalog.of(map).entry("mine").location());
    }

    @Test
    void cloudAndScriptSourcesAreToldApart() throws IOException {
        assertEquals(
                new Origin.Cloud("s3://bucket/rows"),
                entry("orders", "{\"cloud_file_name\": \"s3://bucket/rows\", \"file_name\": \"o\"}")
                        .origin());
        String script = assertThrows(UnsupportedException.class, () -> entry("orders", "{\"script_url\": \"x\"}"))
                .getMessage();
        assertTrue(script.contains("loading script") && script.contains("JSON lines"), script);
        assertTrue(refusal("{\"hf_hub_url\": \"\"}").contains("owner/name"));
        assertTrue(refusal("{\"file_name\": \"o\", \"subset\": \"en\"}").contains("\"subset\""));
        assertTrue(refusal("{\"file_name\": \"o\", \"folder\": \"x\"}").contains("\"folder\""));
    }

    @Test
    void aNameThatStandsTwiceIsRefused() throws IOException {
        Files.writeString(folder.resolve("dataset_info.json"), "{\"a\": {},\n \"a\": {}}");
        DataException twice = assertThrows(DataException.class, () -> DatasetCatalog.open(folder));
        assertTrue(twice.where().endsWith(":2") && twice.getMessage().contains("'a'"), twice.getMessage());
    }

    @Test
    void theFileIsUtf8WithOrWithoutAMark() throws IOException {
        for (String mark : List.of("", "\ufeff")) {
            Files.writeString(folder.resolve("dataset_info.json"), mark + "{\"übung\": {\"file_name\": \"ö.json\"}}");
            assertEquals(
                    folder.resolve("ö.json"),
                    DatasetCatalog.open(folder).entry("übung").location());
        }
        Files.write(folder.resolve("dataset_info.json"), new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});
        assertTrue(assertThrows(DataException.class, () -> DatasetCatalog.open(folder))
                .getMessage()
                .contains("UTF-8"));
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
        assertTrue(broken.getMessage().contains("column 7"), broken.getMessage());
        Files.writeString(folder.resolve("dataset_info.json"), "[]");
        assertThrows(DataException.class, () -> DatasetCatalog.open(folder));
    }
}
