package dev.finetune4j.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One chat template or several, in files or in the config: none is lost. */
class ChatTemplateFilesTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    private Path folder;

    private static ObjectNode config(Map<String, String> templates) {
        ObjectNode config = MAPPER.createObjectNode();
        ArrayNode list = config.putArray("chat_template");
        templates.forEach((name, text) -> list.addObject().put("name", name).put("template", text));
        return config;
    }

    @Test
    void aTextInTheConfigIsTheDefault() {
        ObjectNode config = MAPPER.createObjectNode().put("chat_template", "one");
        assertEquals(Map.of("default", "one"), ChatTemplateFiles.read(folder, config));
        assertEquals(Map.of(), ChatTemplateFiles.read(folder, MAPPER.createObjectNode()));
    }

    @Test
    void filesGoBeforeTheConfig() throws IOException {
        Map<String, String> several = Map.of("default", "file", "tool_use", "tools", "rag", "documents");
        ChatTemplateFiles.save(several, folder);
        assertEquals(several, ChatTemplateFiles.read(folder, config(Map.of("default", "config", "old", "x"))));
    }

    @Test
    void severalTemplatesSurviveSaving() throws IOException {
        Path source = Golden.path("tokenizers/bytes");
        Path original = Files.createDirectory(folder.resolve("original"));
        Files.copy(source.resolve("tokenizer.json"), original.resolve("tokenizer.json"));
        ObjectNode config = (ObjectNode)
                MAPPER.readTree(source.resolve("tokenizer_config.json").toFile());
        config.setAll(config(Map.of("default", "plain", "tool_use", "tools")));
        MAPPER.writeValue(original.resolve("tokenizer_config.json").toFile(), config);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(original)) {
            assertEquals("plain", tokenizer.chatTemplate());
            Path saved = Files.createDirectory(folder.resolve("saved"));
            tokenizer.save(saved);
            assertEquals("plain", Files.readString(saved.resolve("chat_template.jinja")));
            assertEquals("tools", Files.readString(saved.resolve("additional_chat_templates/tool_use.jinja")));
            Path replaced = Files.createDirectory(folder.resolve("replaced"));
            tokenizer.chatTemplate("other").save(replaced);
            assertEquals("other", Files.readString(replaced.resolve("chat_template.jinja")));
            assertFalse(Files.exists(replaced.resolve("additional_chat_templates")));
        }
    }

    @Test
    void namedTemplatesWithoutADefaultGiveNone() throws IOException {
        Path source = Golden.path("tokenizers/bytes");
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(source.resolve(file), folder.resolve(file));
        }
        ChatTemplateFiles.save(Map.of("tool_use", "tools"), folder);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(folder)) {
            assertNull(tokenizer.chatTemplate());
        }
    }
}
