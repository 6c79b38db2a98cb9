package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of a model folder that say something about its tokenizer. Only reads. */
final class SourceFolder {
    static final JsonMapper MAPPER = mapper();

    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_MAP = "special_tokens_map.json";

    private final Path folder;
    private final ObjectNode config;

    SourceFolder(Path folder) {
        this.folder = folder;
        this.config = object(SPECIAL_MAP);
        config.setAll(object(CONFIG));
    }

    private static JsonMapper mapper() {
        JsonMapper mapper = new JsonMapper();
        mapper.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(1 << 29).build());
        return mapper;
    }

    Path path() {
        return folder;
    }

    /** Special tokens and settings, those of {@code tokenizer_config.json} before those of {@code special_tokens_map.json}. */
    ObjectNode config() {
        return config;
    }

    /** Class of the tokenizer without the mark of its fast form, empty where none is named. */
    String tokenizerClass() {
        return config.path("tokenizer_class").asText("").replaceFirst("Fast$", "");
    }

    /** Family of the model, empty where {@code config.json} names none. */
    String modelType() {
        return object("config.json").path("model_type").asText("");
    }

    boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name));
    }

    /** A file's place in words. */
    String where(String name) {
        return folder.resolve(name).toString();
    }

    byte[] bytes(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new DataException(where(name), "The file cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** A JSON object, empty where the file is absent. */
    ObjectNode object(String name) {
        if (!has(name)) {
            return MAPPER.createObjectNode();
        }
        try {
            JsonNode node = MAPPER.readTree(bytes(name));
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new DataException(where(name), "The file is not a JSON object. Copy it from the model again.");
        } catch (JsonProcessingException e) {
            throw malformed(name, e);
        } catch (IOException e) {
            throw new DataException(where(name), "The file cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private DataException malformed(String name, JsonProcessingException e) {
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return new DataException(
                where(name) + ":" + line,
                "Malformed JSON: " + e.getOriginalMessage() + ". Copy the file from the model again.",
                e);
    }

    /** Names of the files and folders, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new DataException(folder.toString(), "The folder cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** A complaint that ends with the command which makes the file by the model's own Python code. */
    UnsupportedException unsupported(String message) {
        return new UnsupportedException(folder + ": " + message + " " + wayOut(folder));
    }

    /** How to make a {@code tokenizer.json} of a folder with Transformers. */
    static String wayOut(Path folder) {
        return "Make tokenizer.json with Python:"
                + " pip install transformers sentencepiece tiktoken protobuf && python -c \"from transformers import"
                + " AutoTokenizer; AutoTokenizer.from_pretrained('" + folder + "').save_pretrained('" + folder
                + "-tokenizer')\", then copy tokenizer.json and tokenizer_config.json from there into the folder.";
    }
}
