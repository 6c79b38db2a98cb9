package dev.finetune4j.core.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.hub.HubEnvironment;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model folder that stands for a GGUF file: {@code config.json}, {@code generation_config.json}, what else is made from
 * the metadata, and {@code gguf.json}, which says where the file lies. It is made once for each file, by its real path, size
 * and time of change, in a cache; the weights stay where they are. A folder appears complete or not at all, also where
 * several processes make the same one.
 */
public final class GgufFolder {
    /** Part of every name; another way of making needs another one. */
    private static final String EDITION = "1";

    private static final String POINTER = "gguf.json";
    private static final int NAME = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Makes further files from the metadata, such as those of the tokenizer. */
    @FunctionalInterface
    public interface Extras {
        /** Writes into {@code folder}, which nobody else sees yet. */
        void write(GgufMetadata metadata, Path folder);
    }

    private GgufFolder() {}

    /**
     * The GGUF file that a model's path stands for: the path itself, what a folder made here points to, or the only one in a
     * folder that has no weights of another kind. Files of image towers do not count.
     *
     * @return empty if the path stands for something else
     * @throws WeightException if a folder points to a file that is gone, or holds several
     */
    public static Optional<Path> file(Path model) {
        if (!Files.isDirectory(model)) {
            return GgufFile.isGguf(model) ? Optional.of(model) : Optional.empty();
        }
        if (Files.isRegularFile(model.resolve(POINTER))) {
            return Optional.of(pointedTo(model.resolve(POINTER)));
        }
        List<String> names = names(model);
        if (names.stream().anyMatch(GgufFolder::isOther)) {
            return Optional.empty();
        }
        List<String> files = names.stream().filter(GgufFolder::isModel).sorted().toList();
        if (files.size() > 1) {
            throw new WeightException(model + ": holds " + files.size() + " GGUF files: " + String.join(", ", files)
                    + ". Give model_name_or_path the one to tune, such as " + model.resolve(files.get(0)) + ".");
        }
        return files.stream().findFirst().map(model::resolve);
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new WeightException(folder + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static boolean isOther(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json") || name.endsWith(".bin");
    }

    private static boolean isModel(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gguf") && !lower.contains("mmproj");
    }

    private static Path pointedTo(Path pointer) {
        String file = "";
        try {
            JsonNode node = JSON.readTree(Files.readString(pointer)).path("file");
            file = node.asText();
        } catch (JsonProcessingException e) {
            throw new WeightException(pointer + ": is no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new WeightException(pointer + ": cannot be read: " + e.getMessage(), e);
        }
        if (file.isEmpty() || !Files.isRegularFile(Path.of(file))) {
            throw new WeightException(pointer + ": points to the file \"" + file
                    + "\", which is not there. Give model_name_or_path the GGUF file where it lies now.");
        }
        return Path.of(file);
    }

    /**
     * The folder that stands for a file, made if it is not there yet.
     *
     * @param file a GGUF file
     * @param cache the run's cache folder, null for that of the user
     * @param extras called where the folder is made
     * @throws WeightException if the file is damaged or the folder cannot be written
     * @throws dev.finetune4j.core.error.UnsupportedException if the file's architecture is not covered
     */
    public static Path prepare(Path file, @Nullable Path cache, Extras extras) {
        return prepare(file, cache, "", extras);
    }

    /**
     * The folder that stands for a file, one for each way of making the extras.
     *
     * @param way name of this way; empty for the usual one
     */
    public static Path prepare(Path file, @Nullable Path cache, String way, Extras extras) {
        Path base = cache == null ? HubEnvironment.ofProcess().caches() : cache;
        Path root = base.resolve("finetune4j").resolve("gguf");
        try {
            Path real = file.toRealPath();
            Path place = root.resolve(name(real, way));
            if (!Files.isRegularFile(place.resolve(POINTER))) {
                make(real, root, place, extras);
            }
            return place;
        } catch (java.nio.file.NoSuchFileException e) {
            throw new WeightException(file + ": there is no such file.", e);
        } catch (IOException e) {
            throw new WeightException(
                    file + ": what is made from its metadata cannot be kept in " + root + ": " + e.getMessage()
                            + ". Name a folder that can be written to with cache_dir or the variable XDG_CACHE_HOME.",
                    e);
        }
    }

    /** Readable, and another one for another path, size, time of change or way. */
    private static String name(Path real, String way) throws IOException {
        String key = EDITION + "\n" + real + "\n" + Files.size(real) + "\n"
                + Files.getLastModifiedTime(real).toMillis() + (way.isEmpty() ? "" : "\n" + way);
        String stem =
                real.getFileName().toString().replaceFirst("(?i)\\.gguf$", "").replaceAll("[^A-Za-z0-9._-]", "_");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return stem.substring(0, Math.min(stem.length(), 60)) + "-"
                    + HexFormat.of().formatHex(hash).substring(0, NAME);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void make(Path file, Path root, Path place, Extras extras) throws IOException {
        // A tensor that cannot be read is told now, and not when rows have been encoded.
        GgufWeights.open(file).close();
        Files.createDirectories(root);
        Path unfinished = Files.createTempDirectory(root, "unfinished-");
        try (GgufFile gguf = GgufFile.open(file)) {
            GgufConfig config = GgufConfig.of(gguf);
            write(unfinished.resolve("config.json"), config.config());
            write(unfinished.resolve("generation_config.json"), config.generation());
            extras.write(gguf.metadata(), unfinished);
            write(unfinished.resolve(POINTER), JSON.createObjectNode().put("file", file.toString()));
            appear(unfinished, place);
        } finally {
            Disk.DEFAULT.remove(unfinished);
        }
    }

    private static void write(Path file, ObjectNode content) throws IOException {
        Disk.DEFAULT.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
    }

    private static void appear(Path unfinished, Path place) throws IOException {
        try {
            Disk.DEFAULT.move(unfinished, place);
        } catch (IOException e) {
            // Another process was faster; what it made is the same.
            if (!Files.isRegularFile(place.resolve(POINTER))) {
                throw e;
            }
        }
    }
}
