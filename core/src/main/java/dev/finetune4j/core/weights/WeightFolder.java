package dev.finetune4j.core.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.gguf.GgufFolder;
import dev.finetune4j.core.gguf.GgufWeights;
import dev.finetune4j.core.weights.pickle.PickleWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a model folder as one source: a single {@code model.safetensors} or the shards that
 * {@code model.safetensors.index.json} lists, where the folder has neither, {@code pytorch_model.bin} or its shards, and where
 * it stands for a GGUF file, that file.
 */
public final class WeightFolder implements WeightSource {
    private static final String SINGLE = "model.safetensors";
    private static final String PICKLE = "pytorch_model.bin";
    private static final String INDEX = ".index.json";
    private static final int LISTED = 5;

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, WeightSource> files = new LinkedHashMap<>();
    private final List<WeightSource> open = new ArrayList<>();

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
        for (String single : List.of(SINGLE, PICKLE)) {
            Path index = folder.resolve(single + INDEX);
            if (Files.exists(index)) {
                openShards(folder, index);
                return;
            }
            if (Files.exists(folder.resolve(single))) {
                add(openFile(folder.resolve(single)), folder.resolve(single), Set.of());
                return;
            }
        }
        Optional<Path> gguf = GgufFolder.file(folder);
        if (gguf.isPresent()) {
            add(GgufWeights.open(gguf.get()), gguf.get(), Set.of());
            return;
        }
        throw new WeightException(folder + ": holds no weights: none of " + SINGLE + ", " + SINGLE + INDEX + ", "
                + PICKLE + ", " + PICKLE + INDEX + " is there." + others(folder));
    }

    /** Files that look like weights under other names, such as shards whose index is missing. */
    private static String others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches(".*\\.(safetensors|bin|pt|pth|ckpt|gguf|h5|msgpack|onnx)"))
                    .sorted()
                    .toList();
            return names.isEmpty()
                    ? ""
                    : " It has " + String.join(", ", names.subList(0, Math.min(LISTED, names.size())))
                            + "; shards need their index beside them.";
        } catch (IOException e) {
            // The folder itself is the trouble then, which the message names already.
            return "";
        }
    }

    /**
     * One file of weights, by its ending: {@code .bin} as a pickle, any other as safetensors.
     *
     * @throws WeightException if the file is missing or damaged
     */
    public static WeightSource openFile(Path file) {
        return file.toString().endsWith(".bin") ? PickleWeights.open(file) : SafetensorsFile.open(file);
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
        namesByShard.forEach((shard, names) -> add(openFile(folder.resolve(shard)), folder.resolve(shard), names));
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
        for (Map.Entry<String, JsonNode> tensor : map.properties()) {
            String shard = tensor.getValue().isTextual() ? tensor.getValue().asText() : "";
            if (!liesInside(shard)) {
                throw new WeightException(index + ": puts " + tensor.getKey() + " into the shard " + tensor.getValue()
                        + ", which is no file of this folder.");
            }
            shards.computeIfAbsent(shard, k -> new LinkedHashSet<>()).add(tensor.getKey());
        }
        return shards;
    }

    private static boolean liesInside(String shard) {
        try {
            Path path = Path.of(shard).normalize();
            return !path.isAbsolute() && !path.toString().isEmpty() && !path.startsWith("..");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Adds a file that must hold some tensors. */
    private void add(WeightSource file, Path path, Set<String> names) {
        open.add(file);
        for (Map.Entry<String, Entry> entry : file.entries().entrySet()) {
            Entry other = entries.putIfAbsent(entry.getKey(), entry.getValue());
            if (other != null) {
                throw new WeightException("Both " + other.file() + " and " + path + " hold " + entry.getKey()
                        + "; which of them counts is not said. Delete the shards that belong to another model.");
            }
            files.put(entry.getKey(), file);
        }
        for (String name : names) {
            if (!file.entries().containsKey(name)) {
                throw new WeightException("The index puts " + name + " into " + path + ", which does not hold it.");
            }
        }
    }

    @Override
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor read(String name) {
        return file(name).read(name);
    }

    @Override
    public void readInto(String name, Tensor target) {
        file(name).readInto(name, target);
    }

    private WeightSource file(String name) {
        WeightSource file = files.get(name);
        if (file == null) {
            throw new WeightException("The checkpoint holds no tensor " + name + ".");
        }
        return file;
    }

    @Override
    public void close() {
        open.forEach(WeightSource::close);
        open.clear();
    }
}
