package dev.finetune4j.data.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.hub.LocalFiles;
import dev.finetune4j.core.hub.repo.RepoId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Which files make up which split, compared with Python's datasets; see {@code parity/hub_datasets.py}. */
class HubDatasetParityTest {
    private @TempDir Path root;

    @TestFactory
    Stream<DynamicTest> splitsAreThoseOfDatasets() throws IOException {
        JsonNode golden;
        try (InputStream in = HubDatasetParityTest.class.getResourceAsStream("/golden/hub_datasets.json")) {
            golden = JsonMapper.builder().build().readTree(in);
        }
        List<JsonNode> cases = new ArrayList<>();
        golden.get("cases").forEach(cases::add);
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.get("name").asText(), () -> check(one)));
    }

    private void check(JsonNode one) throws IOException {
        RepoId repo = RepoId.dataset("acme/" + one.get("name").asText().replace(' ', '-'));
        publish(repo, one);
        HubDataset.Part part = new HubDataset.Part("main", text(one, "subset"), text(one, "folder"));
        if (one.has("error")) {
            assertThrows(
                    DataException.class,
                    () -> splits(repo, part),
                    one.get("error").asText());
            return;
        }
        Map<String, List<String>> expected = new LinkedHashMap<>();
        one.get("splits").properties().forEach(split -> {
            List<String> files = new ArrayList<>();
            split.getValue().forEach(file -> files.add(file.asText()));
            expected.put(split.getKey(), files);
        });
        Map<String, List<String>> splits = splits(repo, part);
        assertEquals(expected, splits);
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(splits.keySet()), "order of the splits");
    }

    private Map<String, List<String>> splits(RepoId repo, HubDataset.Part part) {
        HubDataset set = HubDataset.open(new LocalFiles(root), repo, part);
        Map<String, List<String>> splits = new LinkedHashMap<>();
        List<String> names = set.splits().isEmpty() ? List.of("train") : set.splits();
        names.forEach(split -> splits.put(split, set.dataFiles(split)));
        return splits;
    }

    private static @Nullable String text(JsonNode one, String key) {
        return one.has(key) ? one.get(key).asText() : null;
    }

    private void publish(RepoId repo, JsonNode one) throws IOException {
        Path folder = root.resolve(repo.name());
        for (JsonNode file : one.get("files")) {
            Path path = folder.resolve(file.asText());
            Files.createDirectories(path.getParent());
            Files.createFile(path);
        }
        if (one.has("readme")) {
            Files.writeString(folder.resolve("README.md"), one.get("readme").asText());
        }
        if (one.has("yaml")) {
            Files.writeString(
                    folder.resolve(".huggingface.yaml"), one.get("yaml").asText());
        }
    }
}
