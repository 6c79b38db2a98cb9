package dev.finetune4j.data.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.hub.Hub;
import dev.finetune4j.core.hub.HubEnvironment;
import dev.finetune4j.core.hub.HubSettings;
import dev.finetune4j.core.hub.Hubs;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.testing.hub.HubServer;
import dev.finetune4j.core.testing.hub.ServedRepo;
import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.DatasetFiles;
import dev.finetune4j.data.catalog.HubFiles;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets of a hub, fetched from the test server. */
class HubDatasetTest {
    private static final RepoId ROWS = RepoId.dataset("acme/rows");

    private static final String CATALOG = "{\"train\": {\"hf_hub_url\": \"acme/rows\", \"folder\": \"en\"},"
            + " \"everything\": {\"hf_hub_url\": \"acme/rows\", \"folder\": \"en\", \"split\": \"all\"}}";

    private @TempDir Path home;
    private HubServer server;
    private ServedRepo repo;

    @BeforeEach
    void publish() {
        server = HubServer.start();
        repo = server.dataset("acme/rows");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Hubs hubs(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>();
        for (String endpoint : List.of("HF_ENDPOINT", "MODELSCOPE_ENDPOINT", "OPENMIND_HUB_ENDPOINT")) {
            variables.put(endpoint, server.endpoint().toString());
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Hubs.of(HubSettings.DEFAULT, new HubEnvironment(variables, home, pause -> {}));
    }

    private HubDataset open(String... namesAndValues) {
        Hub hub = hubs(namesAndValues).preferred();
        return HubDataset.open(hub, ROWS, HubDataset.Part.WHOLE);
    }

    private static List<Object> rows(List<HubFile> files) {
        List<Object> rows = new ArrayList<>();
        for (HubFile file : files) {
            RecordReader reader = RecordReader.forExtension(file.extension()).orElseThrow();
            try (Cursor<Row> cursor = reader.open(file.file(), "rows")) {
                while (cursor.hasNext()) {
                    rows.add(cursor.next().values().get("text"));
                }
            }
        }
        return rows;
    }

    @Test
    void onlyTheFilesOfTheSplitAreFetched() {
        repo.file("data/train-00001-of-00002.jsonl", "{\"text\":\"b\"}\n");
        repo.file("data/train-00000-of-00002.jsonl", "{\"text\":\"a\"}\n");
        String commit =
                repo.large("data/test-00000-of-00001.jsonl", new byte[1000]).publish("main");
        HubDataset set = open();
        assertEquals(List.of("train", "test"), set.splits());
        assertEquals(commit, set.commit());
        assertEquals(List.of("a", "b"), rows(set.files("train")));
        assertEquals(List.of(), server.seen("/contents/"), "the test split stays on the hub");
    }

    @Test
    void stateThatWasListedIsReadThoughTheBranchMoved() {
        repo.file("rows.jsonl", "{\"text\":\"old\"}\n").publish("main");
        HubDataset set = open();
        repo.file("rows.jsonl", "{\"text\":\"new\"}\n").publish("main");
        assertEquals(List.of("old"), rows(set.files("train")));
        assertEquals(List.of("new"), rows(open().files("train")));
    }

    @Test
    void cachedDataSetIsReadOffline() {
        repo.file("README.md", "---\nconfigs:\n- config_name: x\n  data_files: a.jsonl\n---\n");
        repo.file("a.jsonl", "{\"text\":\"a\"}\n")
                .file("b.jsonl", "{\"text\":\"b\"}\n")
                .publish("main");
        assertEquals(List.of("a"), rows(open().files("train")));
        server.close();
        assertEquals(List.of("a"), rows(open("HF_HUB_OFFLINE", "1").files("train")));
    }

    @Test
    void compressedFilesKeepTheEndOfTheirNames() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write("{\"text\":\"packed\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        repo.file("train.jsonl.gz", bytes.toByteArray()).publish("main");
        List<HubFile> files = open().files("train");
        assertEquals("jsonl", files.get(0).extension());
        assertEquals(List.of("packed"), rows(files));
    }

    @Test
    void unusualEndsFindTheirReaders() {
        repo.file("a.ndjson", "{\"text\":\"a\"}\n")
                .file("b.JSONL", "{\"text\":\"b\"}\n")
                .publish("main");
        List<HubFile> files = open().files("train");
        assertEquals(
                List.of("jsonl", "jsonl"),
                files.stream().map(HubFile::extension).toList());
    }

    @Test
    void missingSplitNamesThoseThatAreThere() {
        repo.file("train.csv", "text\na\n").file("test.csv", "text\nb\n").publish("main");
        HubDataset set = open();
        DataException failure = assertThrows(DataException.class, () -> set.files("tset"));
        assertTrue(failure.getMessage().contains("Did you mean \"test\"?"), failure.getMessage());
        assertTrue(failure.getMessage().contains("Available: train, test."), failure.getMessage());
        assertTrue(failure.getMessage().contains("Hugging Face dataset acme/rows@main"), failure.getMessage());
    }

    @Test
    void missingSubsetNamesThoseThatAreThere() {
        repo.file("README.md", "---\nconfigs:\n- config_name: en\n  data_files: a.csv\n---\n");
        repo.file("a.csv", "text\na\n").publish("main");
        HubDataset.Part part = new HubDataset.Part("main", "eng", null);
        DataException failure =
                assertThrows(DataException.class, () -> HubDataset.open(hubs().huggingFace(), ROWS, part));
        assertTrue(failure.getMessage().contains("Available: en."), failure.getMessage());
    }

    @Test
    void scriptsAreRefusedWithAWayOut() {
        repo.file("rows.py", "import datasets").file("train.csv", "text\na\n").publish("main");
        UnsupportedException failure = assertThrows(UnsupportedException.class, this::open);
        assertTrue(failure.getMessage().contains("rows.py"), failure.getMessage());
        assertTrue(failure.getMessage().contains("refs/convert/parquet"), failure.getMessage());
    }

    @Test
    void mediaAndArchivesAreRefusedByName() {
        repo.file("a.png", "").file("b.png", "").file("metadata.jsonl", "{}").publish("main");
        assertThrows(UnsupportedException.class, () -> open().files("train"));
        repo.without("a.png")
                .without("b.png")
                .without("metadata.jsonl")
                .file("rows.zip", "")
                .publish("main");
        UnsupportedException failure = assertThrows(UnsupportedException.class, () -> open().files("train"));
        assertTrue(failure.getMessage().contains("rows.zip"), failure.getMessage());
    }

    @Test
    void doubleStarBesideCharactersIsExplained() {
        repo.file("README.md", "---\nconfigs:\n- config_name: x\n  data_files: '**.csv'\n---\n");
        repo.file("a.csv", "text\na\n").publish("main");
        DataException failure = assertThrows(DataException.class, this::open);
        assertTrue(failure.getMessage().contains("**/*.csv"), failure.getMessage());
    }

    @Test
    void otherHubsGiveTheSameFiles() throws IOException {
        repo.file("README.md", "---\nconfigs:\n- config_name: x\n  data_files: sub/*.jsonl\n---\n");
        repo.file("sub/a.jsonl", "{\"text\":\"a\"}\n").file("b.jsonl", "{}").publish("main");
        repo.publish("master");
        List<HubFile> modelScope = open("USE_MODELSCOPE_HUB", "1").files("train");
        assertEquals("sub/a.jsonl", modelScope.get(0).path());
        assertEquals("{\"text\":\"a\"}\n", Files.readString(modelScope.get(0).file()));
        assertEquals(List.of("a"), rows(open("USE_OPENMIND_HUB", "1").files("train")));
    }

    @Test
    void catalogReadsEntriesThatLieOnAHub() throws IOException {
        repo.file("en/train.ndjson", "{\"text\":\"a\"}\n").file("en/test.jsonl", "{\"text\":\"b\"}\n");
        repo.file("de/train.jsonl", "{\"text\":\"c\"}\n");
        repo.file("dataset_info.json", CATALOG).publish("main");
        HubDataFiles files = new HubDataFiles(hubs());
        Path catalog = files.catalog("acme/rows");
        assertEquals(CATALOG, Files.readString(catalog));
        DatasetCatalog entries = DatasetCatalog.open(catalog.getParent());
        assertEquals(List.of("a"), rows(entries.entry("train"), files));
        assertEquals(List.of("a", "b"), rows(entries.entry("everything"), files));
        assertEquals(1, server.seen("/api/datasets/").size(), "listed once");
    }

    private static List<Object> rows(DatasetEntry entry, HubFiles files) {
        List<Object> rows = new ArrayList<>();
        try (Cursor<Row> cursor = DatasetFiles.rows(entry, files).iterator()) {
            while (cursor.hasNext()) {
                rows.add(cursor.next().values().get("text"));
            }
        }
        return rows;
    }
}
