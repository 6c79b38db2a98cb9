package dev.finetune4j.data.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.format.ColumnCheck;
import dev.finetune4j.data.format.DatasetFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P17. Files and folders that cannot be what the user means are named before training begins. */
class DatasetFilesTest {
    @TempDir
    Path folder;

    private DatasetEntry entry(String fileName) {
        return entry(fileName, "train");
    }

    private DatasetEntry entry(String fileName, String split) {
        return DatasetCatalog.of(Map.of("orders", Map.of("file_name", fileName, "split", split)), folder)
                .entry("orders");
    }

    private void write(String name, int... values) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int value : values) {
            lines.append("{\"t\": ").append(value).append("}\n");
        }
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), lines);
    }

    private List<Object> values(DatasetEntry entry) {
        return DatasetFiles.rows(entry).toList().stream()
                .map(row -> row.value("t"))
                .toList();
    }

    private String refusal(String fileName) {
        return assertThrows(DataException.class, () -> DatasetFiles.rows(entry(fileName)))
                .getMessage();
    }

    @Test
    void foldersAreReadByNameWithoutHiddenFiles() throws IOException {
        write("parts/b.jsonl", 3);
        write("parts/_c.json", 2, 4);
        write("parts/a.json", 1);
        Files.writeString(folder.resolve("parts/.DS_Store"), "x");
        Files.createDirectory(folder.resolve("parts/.git"));
        assertEquals(List.of(2, 4, 1, 3), values(entry("parts")));
    }

    @Test
    void aMissingFileIsNamedWithItsWholePath() {
        String message = refusal("none.json");
        assertTrue(message.contains(folder.resolve("none.json").toAbsolutePath().toString()), message);
        assertTrue(message.contains("\"orders\""), message);
    }

    @Test
    void anEmptyFolderIsNamed() throws IOException {
        Files.createDirectory(folder.resolve("parts"));
        Files.writeString(folder.resolve("parts/.hidden.json"), "[]");
        assertTrue(refusal("parts").contains("no data files"));
    }

    @Test
    void theOddFileOfAFolderIsNamed() throws IOException {
        write("parts/a.json", 1);
        write("parts/b.jsonl", 2);
        Files.writeString(folder.resolve("parts/notes.txt"), "x");
        String message = refusal("parts");
        assertTrue(message.startsWith(folder.resolve("parts/notes.txt").toString()), message);
        Files.delete(folder.resolve("parts/notes.txt"));
        Files.writeString(folder.resolve("parts/read.me"), "x");
        String unknown = refusal("parts");
        assertTrue(unknown.startsWith(folder.resolve("parts/read.me").toString()), unknown);
        assertTrue(unknown.contains("arrow, csv, json, jsonl"), unknown);
    }

    @Test
    void aFolderInsideAFolderIsNamedWithTheWayToReadIt() throws IOException {
        write("parts/inner/a.jsonl", 1);
        write("parts/b.jsonl", 2);
        String message = refusal("parts");
        assertTrue(message.startsWith(folder.resolve("parts/inner").toString()), message);
        assertTrue(message.contains("parts/**/*.jsonl"), message);
        assertEquals(List.of(2, 1), values(entry("parts/**/*.jsonl")));
    }

    @Test
    void patternsTakeWhatTheyMatchByName() throws IOException {
        write("parts/x-2.jsonl", 2);
        write("parts/x-10.jsonl", 10);
        write("parts/y-1.jsonl", 99);
        write("parts/.x-3.jsonl", 99);
        write("parts/deep/x-5.jsonl", 5);
        assertEquals(List.of(10, 2), values(entry("parts/x-*.jsonl")));
        assertEquals(List.of(10, 2, 99), values(entry("parts/{x,y}-*.jsonl")));
        assertEquals(List.of(5), values(entry("p*/d*/*.jsonl")));
        assertTrue(refusal("parts/z-*.jsonl").contains("No file matches"));
        assertTrue(refusal("none/*.jsonl").contains("No file matches"));
        write("odd[1].jsonl", 7);
        assertEquals(List.of(7), values(entry("odd[1].jsonl")));
    }

    @Test
    void unknownExtensionsAreAnsweredWithThoseThereAre() throws IOException {
        Files.writeString(folder.resolve("a.jsonn"), "");
        String message = refusal("a.jsonn");
        assertTrue(message.contains("Did you mean \"json\""), message);
        Files.writeString(folder.resolve("noextension"), "");
        assertTrue(refusal("noextension").contains("Readable"));
    }

    /** P37. */
    @Test
    void parquetWithoutItsModuleNamesTheOneDependencyToAdd() throws IOException {
        Files.writeString(folder.resolve("a.parquet"), "");
        assertTrue(refusal("a.parquet").contains("dev.finetune4j:finetune4j-data-parquet"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jsonl", "a.json", "a.csv", "a.txt"})
    void aSetWithoutRowsIsNamed(String name) throws IOException {
        Files.writeString(folder.resolve(name), name.endsWith("csv") ? "instruction,output\n" : "");
        DatasetEntry entry = entry(name);
        var rows = ColumnCheck.over(DatasetFiles.rows(entry), DatasetFormat.named("alpaca"), entry);
        String message = assertThrows(DataException.class, rows::toList).getMessage();
        assertTrue(message.contains("\"orders\" has no rows"), message);
    }

    @Test
    void slicesWorkForLocalFiles() throws IOException {
        write("a.jsonl", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertEquals(List.of(0), values(entry("a.jsonl", "train[:10%]")));
        assertEquals(List.of(0, 8, 9), values(entry("a.jsonl", "train[:10%]+train[-2:]")));
        assertEquals(10, values(entry("a.jsonl", "all")).size());
        String unknown = assertThrows(DataException.class, () -> DatasetFiles.rows(entry("a.jsonl", "test")))
                .getMessage();
        assertTrue(unknown.contains("no split \"test\"") && unknown.contains("Its splits: train"), unknown);
    }

    @Test
    void foldersThatPythonSavedAreOneSetOrSeveralSplits() {
        Path saved = Golden.path("golden/arrow/splits");
        assertEquals(3, values(entry(saved.toString())).size());
        assertEquals(1, values(entry(saved.toString(), "test")).size());
        assertEquals(4, values(entry(saved.toString(), "all")).size());
        assertEquals(
                7, values(entry(Golden.path("golden/arrow/types").toString())).size());
        String unknown = assertThrows(DataException.class, () -> DatasetFiles.rows(entry(saved.toString(), "dev")))
                .getMessage();
        assertTrue(unknown.contains("train, test"), unknown);
    }

    @Test
    void rowsAreReadAnewInEachPass() throws IOException {
        write("a.jsonl", 1, 2);
        var rows = DatasetFiles.rows(entry("a.jsonl", "train[-1:]"));
        assertEquals(rows.toList(), rows.toList());
        assertEquals(1, rows.toList().size());
    }

    private DatasetEntry cloud(String address, String split) {
        return DatasetCatalog.of(Map.of("orders", Map.of("cloud_file_name", address, "split", split)), folder)
                .entry("orders");
    }

    @Test
    void aCloudPrefixGivesItsJsonOrItsOneReadableKind() {
        assertEquals(
                List.of("shelf://b/rows/a.jsonl", "shelf://b/rows/b.json"), values(cloud("shelf://b/rows", "train")));
        assertEquals(List.of("1"), values(cloud("shelf://b/tables", "train[:1]")));
    }

    @Test
    void whatACloudAddressDoesNotGiveIsNamed() {
        DatasetEntry pictures = cloud("shelf://b/pictures", "train");
        String none = assertThrows(DataException.class, () -> DatasetFiles.rows(pictures))
                .getMessage();
        assertTrue(none.contains("None of the 3 keys"), none);
        DatasetEntry mixed = cloud("shelf://b/mixed", "train");
        assertTrue(assertThrows(DataException.class, () -> DatasetFiles.rows(mixed))
                .getMessage()
                .contains("shelf://b/mixed/c.txt"));
        DatasetEntry split = cloud("shelf://b/rows", "test");
        assertTrue(assertThrows(DataException.class, () -> DatasetFiles.rows(split))
                .getMessage()
                .contains("Its splits: train"));
        DatasetEntry scheme = cloud("ftp://b/rows", "train");
        assertTrue(assertThrows(DataException.class, () -> DatasetFiles.rows(scheme))
                .getMessage()
                .contains("\"ftp\""));
        DatasetEntry gone = cloud("shelf://b/none", "train");
        assertThrows(DataException.class, () -> DatasetFiles.rows(gone));
    }

    /** The name is looked up before a file is opened. */
    @Test
    void anUnknownFormatIsRefusedByName() {
        assertTrue(assertThrows(FineTuneException.class, () -> DatasetFormat.named("alpca"))
                .getMessage()
                .contains("alpaca"));
    }
}
