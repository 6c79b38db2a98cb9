package dev.finetune4j.data.tokenizer.rebuild;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A tokenizer made anew.
 *
 * @param tokenizer the content of {@code tokenizer.json}
 * @param config the content of {@code tokenizer_config.json}
 */
record RebuiltTokenizer(ObjectNode tokenizer, ObjectNode config) {
    static final String TOKENIZER = "tokenizer.json";
    static final String CONFIG = "tokenizer_config.json";

    /** Writes both files, each complete or not at all; the tokenizer last, so that one that is there has its config. */
    void write(Path folder) throws IOException {
        Disk.DEFAULT.replace(folder.resolve(CONFIG), bytes(config, true));
        Disk.DEFAULT.replace(folder.resolve(TOKENIZER), bytes(tokenizer, false));
    }

    private static byte[] bytes(ObjectNode json, boolean forPeople) throws JsonProcessingException {
        String text = forPeople
                ? SourceFolder.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json)
                : SourceFolder.MAPPER.writeValueAsString(json);
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
