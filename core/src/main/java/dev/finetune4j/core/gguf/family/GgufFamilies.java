package dev.finetune4j.core.gguf.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.Document;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.gguf.GgufMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of families. */
public final class GgufFamilies {
    private static final String RESOURCE = "families.yaml";
    private static final List<GgufFamily> ALL = read();

    private GgufFamilies() {}

    /** All families, in the table's order. */
    public static List<GgufFamily> all() {
        return ALL;
    }

    /**
     * The family of a file.
     *
     * @param tensors names of the file's tensors
     * @throws UnsupportedException if the table has no such architecture
     */
    public static GgufFamily of(GgufMetadata metadata, Set<String> tensors) {
        String architecture = metadata.text("general.architecture");
        GgufFamily otherwise = null;
        for (GgufFamily family : ALL) {
            if (family.architecture().equals(architecture)) {
                if (!family.when().isEmpty() && holds(family.when(), metadata, architecture, tensors)) {
                    return family;
                }
                otherwise = family.when().isEmpty() ? family : otherwise;
            }
        }
        if (otherwise == null) {
            throw new UnsupportedException(metadata.where() + ": the architecture \"" + architecture
                    + "\" is not one that can be read from GGUF files. Those are: " + names()
                    + ". Take the model's safetensors from a hub instead.");
        }
        return otherwise;
    }

    private static String names() {
        return ALL.stream().map(GgufFamily::architecture).distinct().sorted().collect(Collectors.joining(", "));
    }

    private static boolean holds(String when, GgufMetadata metadata, String architecture, Set<String> tensors) {
        String[] words = when.split(" ");
        if (words[0].equals("has")) {
            return tensors.contains(words[1]);
        }
        String[] condition = words[1].split("=");
        String key = architecture + "." + condition[0];
        return condition.length == 1
                ? metadata.number(key, 0) > 0
                : metadata.number(key, Double.NaN) == Double.parseDouble(condition[1]);
    }

    private static List<GgufFamily> read() {
        Map<String, GgufFamily> families = new LinkedHashMap<>();
        Map<String, Map<String, String>> tensors = new LinkedHashMap<>();
        for (Document.Entry entry : Document.yaml(text(), RESOURCE)) {
            String like = entry.value().path("like").asText("");
            Map<String, String> names = tensors.getOrDefault(like, Map.of());
            tensors.put(entry.key(), merged(names, entry.value().path("tensors"), JsonNode::asText));
            families.put(
                    entry.key(), family(entry, families.get(like), Objects.requireNonNull(tensors.get(entry.key()))));
        }
        return List.copyOf(families.values());
    }

    private static GgufFamily family(
            Document.Entry entry, @org.jspecify.annotations.Nullable GgufFamily like, Map<String, String> tensors) {
        JsonNode node = entry.value();
        List<TensorName.Rule> rules = new ArrayList<>();
        tensors.forEach((pattern, target) -> rules.add(TensorName.Rule.of(pattern, target)));
        return new GgufFamily(
                entry.key(),
                node.path("architecture").asText(entry.key()),
                node.path("when").asText(""),
                node.path("model_type").asText(like == null ? "" : like.modelType()),
                node.path("class").asText(like == null ? "" : like.className()),
                merged(like == null ? Map.of() : like.config(), node.path("config"), JsonNode::asText),
                merged(like == null ? Map.of() : like.fixed(), node.path("fixed"), value -> value),
                List.copyOf(rules));
    }

    private static <T> Map<String, T> merged(
            Map<String, T> base, JsonNode changes, java.util.function.Function<JsonNode, T> reading) {
        Map<String, T> result = new LinkedHashMap<>(base);
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                result.put(change.getKey(), reading.apply(change.getValue()));
            }
        });
        return java.util.Collections.unmodifiableMap(result);
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(GgufFamilies.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
    }
}
