package dev.finetune4j.data.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.testing.GoldenDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** A tiny model that the decoder is compared on: a folder of golden files and the sheet that says how it was made. */
record ComparedModel(String name, ModelConfig config, JsonNode sheet) {
    private static final String FOLDER = "/golden/decoder/";

    static List<ComparedModel> all() {
        return GoldenDecoder.ALL.stream().map(ComparedModel::named).toList();
    }

    private static ComparedModel named(String name) {
        JsonNode config = json(FOLDER + name + "/config.json");
        return new ComparedModel(name, new ConfigFile(name, config).read(), json(FOLDER + name + "/sheet.json"));
    }

    /** A JSON file of core's golden files. */
    static JsonNode json(String resource) {
        try (InputStream in = Objects.requireNonNull(GoldenDecoder.class.getResourceAsStream(resource), resource)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String family() {
        return config.modelType();
    }

    /** What computed the expected numbers, and whose keys the configs have. */
    String reference() {
        String version = sheet.path("versions").path("transformers").asText();
        String twin = sheet.path("reference").asText();
        String by = twin.isEmpty()
                ? "transformers " + version
                : twin.substring(0, twin.indexOf(" in ")).replace("the family ", "");
        return by + ", " + generations(version);
    }

    private String generations(String version) {
        if (sheet.path("configs").asText().startsWith("config.json and config_old.json are the same")) {
            return "published keys";
        }
        String old = sheet.path("old_config").asText();
        String writer = "written by transformers ";
        return old.startsWith(writer)
                ? "configs of " + old.substring(writer.length(), old.indexOf(',')) + " and " + version
                : "config of " + version + ", and one with the keys of 4";
    }
}
