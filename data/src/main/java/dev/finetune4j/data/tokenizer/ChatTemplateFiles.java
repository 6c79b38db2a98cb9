package dev.finetune4j.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chat templates of a tokenizer folder by name. A tokenizer may have several, of which {@code default} is used unless a
 * conversation has tools or documents. They stand in files of their own, or in the config as a text or a list.
 */
final class ChatTemplateFiles {
    static final String DEFAULT = "default";

    private static final String FILE = "chat_template.jinja";
    private static final String MORE = "additional_chat_templates";
    private static final String EXTENSION = ".jinja";

    private ChatTemplateFiles() {}

    /** Where there are files, the config counts for nothing; so it is in Transformers. */
    static Map<String, String> read(Path folder, ObjectNode config) {
        Map<String, String> templates = new LinkedHashMap<>();
        try {
            if (Files.isRegularFile(folder.resolve(FILE))) {
                templates.put(DEFAULT, Files.readString(folder.resolve(FILE)));
            }
            for (Path file : more(folder.resolve(MORE))) {
                String name = file.getFileName().toString();
                templates.put(name.substring(0, name.length() - EXTENSION.length()), Files.readString(file));
            }
        } catch (IOException e) {
            throw new DataException(folder.toString(), "A chat template cannot be read: " + e.getMessage() + ".", e);
        }
        return templates.isEmpty() ? inConfig(config.path("chat_template")) : templates;
    }

    private static List<Path> more(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(EXTENSION))
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, String> inConfig(JsonNode template) {
        Map<String, String> templates = new LinkedHashMap<>();
        if (template.isTextual()) {
            templates.put(DEFAULT, template.textValue());
        }
        for (JsonNode named : template) {
            templates.put(named.path("name").asText(), named.path("template").asText());
        }
        return templates;
    }

    /** Writes each into a file of its own. */
    static void save(Map<String, String> templates, Path folder) throws IOException {
        for (Map.Entry<String, String> entry : templates.entrySet()) {
            String name = entry.getKey();
            if (name.equals(DEFAULT)) {
                Files.writeString(folder.resolve(FILE), entry.getValue());
                continue;
            }
            if (!name.matches("[\\w.-]+")) {
                throw new DataException(
                        folder.toString(), "\"" + name + "\" is no name for the file of a chat template.");
            }
            Path more = Files.createDirectories(folder.resolve(MORE));
            Files.writeString(more.resolve(name + EXTENSION), entry.getValue());
        }
    }
}
