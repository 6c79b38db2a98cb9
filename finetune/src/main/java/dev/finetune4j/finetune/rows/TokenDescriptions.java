package dev.finetune4j.finetune.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.Document;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the file of {@code new_special_tokens_config}. */
final class TokenDescriptions {
    private static final String KEY = "new_special_tokens_config";

    private TokenDescriptions() {}

    /**
     * Description by token, in the order of the file.
     *
     * @throws ConfigException if the file cannot be read or is no map of texts
     */
    static Map<String, String> read(Path file) {
        List<Document.Entry> entries;
        try {
            entries = Document.read(file);
        } catch (ConfigException e) {
            throw problem(file, e.getMessage() + " It must hold lines of the form \"token: description\".");
        }
        if (entries.isEmpty()) {
            throw problem(file, file + " is empty. It must hold lines of the form \"token: description\".");
        }
        Map<String, String> descriptions = new LinkedHashMap<>();
        for (Document.Entry entry : entries) {
            JsonNode value = entry.value();
            boolean plain =
                    value.isValueNode() && !value.isNull() && !value.asText().isBlank();
            if (!plain || entry.key().isBlank()) {
                throw problem(
                        file,
                        file + ":" + entry.line() + ": \"" + entry.key()
                                + "\" needs one text that describes the token, found " + value + ".");
            }
            descriptions.put(entry.key(), value.asText());
        }
        return descriptions;
    }

    private static ConfigException problem(Path file, String text) {
        return new ConfigException(new Problem(KEY, file.toString(), "", KEY + ": " + text, ""));
    }
}
