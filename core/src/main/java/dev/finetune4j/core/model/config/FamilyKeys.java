package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Other names that a family's config files use for a key, and what an absent key means there; the table
 * {@code family-keys.json}. A key that is there with the value null is not absent.
 */
final class FamilyKeys {
    static final FamilyKeys NONE = new FamilyKeys(MissingNode.getInstance());

    private static final JsonNode TABLE = table();

    private final JsonNode entry;

    private FamilyKeys(JsonNode entry) {
        this.entry = entry;
    }

    static FamilyKeys of(String modelType) {
        return new FamilyKeys(TABLE.path(modelType));
    }

    private static JsonNode table() {
        String name = "family-keys.json";
        try (InputStream in = Objects.requireNonNull(FamilyKeys.class.getResourceAsStream(name), name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /** The value of a key, or the missing node. */
    JsonNode find(JsonNode root, String key) {
        if (root.has(key)) {
            return root.get(key);
        }
        for (JsonNode other : entry.path("names").path(key)) {
            if (root.has(other.asText())) {
                return root.get(other.asText());
            }
        }
        return entry.path("defaults").path(key);
    }
}
