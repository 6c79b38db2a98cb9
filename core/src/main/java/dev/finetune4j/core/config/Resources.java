package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.source.Document;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The tables that lie beside the classes of this package. */
final class Resources {
    private Resources() {}

    static JsonNode yaml(String name) {
        ObjectNode table = JsonNodeFactory.instance.objectNode();
        Document.yaml(text(name), name).forEach(entry -> table.set(entry.key(), entry.value()));
        return table;
    }

    static String text(String name) {
        try (InputStream in = Objects.requireNonNull(Resources.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }
}
