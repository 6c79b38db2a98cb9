package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.source.CloudStore;
import dev.finetune4j.data.source.DataFile;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A store of the tests: fixed objects behind {@code shelf://}. */
public final class ShelfStore implements CloudStore {
    private static final Map<String, List<String>> OBJECTS = Map.of(
            "shelf://b/rows", List.of("_SUCCESS", "a.jsonl", "b.json", "notes.txt"),
            "shelf://b/tables", List.of("_SUCCESS", "a.csv"),
            "shelf://b/pictures", List.of("a.png", "b.png", "c"),
            "shelf://b/mixed", List.of("a.csv", "b.csv", "c.txt"));

    @Override
    public String name() {
        return "shelf";
    }

    @Override
    public Set<String> schemes() {
        return Set.of("shelf");
    }

    @Override
    public List<DataFile> files(String address) {
        List<String> names = OBJECTS.get(address);
        if (names == null) {
            throw new DataException(address, "There is no such shelf.");
        }
        return names.stream().map(name -> file(address + "/" + name)).toList();
    }

    private static DataFile file(String name) {
        String content = name.endsWith("csv") ? "t\n1\n" : "{\"t\": \"" + name + "\"}";
        return DataFile.of(name, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }
}
