package dev.finetune4j.core.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.WeightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The safetensors of a model folder as one source: a single {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists.
 */
public final class WeightFolder implements WeightSource {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();

    private WeightFolder() {}

    /**
     * Opens the folder's weights; maps them without reading.
     *
     * @throws WeightException if there are none, a shard is missing, or a shard lacks a tensor that the index puts there
     */
    public static WeightFolder open(Path folder) {
        WeightFolder source = new WeightFolder();
        try {
            source.openFiles(folder);
            return source;
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private void openFiles(Path folder) {
        Path index = folder.resolve(INDEX);
        if (Files.exists(index)) {
            openShards(folder, index);
        } else if (Files.exists(folder.resolve(SINGLE))) {
            add(SafetensorsFile.open(folder.resolve(SINGLE)), null);
        } else {
            throw new WeightException(
                    folder + ": holds no weights: neither " + SINGLE + " nor " + INDEX + " is there.");
        }
    }

    private void openShards(Path folder, Path index) {
        Map<String, Set<String>> namesByShard = readIndex(index);
        List<String> missing = new ArrayList<>();
        for (String shard : namesByShard.keySet()) {
            if (!Files.exists(folder.resolve(shard))) {
                missing.add(shard);
            }
        }
        if (!missing.isEmpty()) {
            throw new WeightException(folder + ": " + missing.size() + " of " + namesByShard.size()
                    + " shards are missing: " + String.join(", ", missing) + ". Download or copy them again.");
        }
        namesByShard.forEach((shard, names) -> add(SafetensorsFile.open(folder.resolve(shard)), names));
    }

    private static Map<String, Set<String>> readIndex(Path index) {
        JsonNode map;
        try {
            map = new ObjectMapper().readTree(Files.readString(index)).path("weight_map");
        } catch (IOException e) {
            throw new WeightException(index + ": cannot be read: " + e.getMessage(), e);
        }
        if (!map.isObject()) {
            throw new WeightException(index + ": has no \"weight_map\".");
        }
        Map<String, Set<String>> shards = new LinkedHashMap<>();
        map.properties()
                .forEach(e -> shards.computeIfAbsent(e.getValue().asText(), k -> new LinkedHashSet<>())
                        .add(e.getKey()));
        for (String shard : shards.keySet()) {
            if (shard.contains("..") || shard.startsWith("/")) {
                throw new WeightException(index + ": shard \"" + shard + "\" lies outside the folder.");
            }
        }
        return shards;
    }

    private void add(SafetensorsFile file, @org.jspecify.annotations.Nullable Set<String> names) {
        for (Map.Entry<String, Entry> entry : file.entries().entrySet()) {
            entries.put(entry.getKey(), entry.getValue());
            files.put(entry.getKey(), file);
        }
        if (files.isEmpty() || names == null) {
            return;
        }
        for (String name : names) {
            if (!file.entries().containsKey(name)) {
                throw new WeightException("The index puts " + name + " into "
                        + file.path() + ", which does not hold it.");
            }
        }
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor read(String name) {
        SafetensorsFile file = files.get(name);
        if (file == null) {
            throw new WeightException("The checkpoint holds no tensor " + name + ".");
        }
        return file.read(name);
    }

    @Override
    public void close() {
        new LinkedHashSet<>(files.values()).forEach(SafetensorsFile::close);
        files.clear();
    }
}
