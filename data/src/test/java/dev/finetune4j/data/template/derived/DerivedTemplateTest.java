package dev.finetune4j.data.template.derived;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates read out of a tokenizer's chat template, against what LLaMA-Factory reads out of the same. */
class DerivedTemplateTest {
    private static final JsonNode GOLDEN = Golden.json("golden/derived.json");
    private static final TemplateOptions OPTIONS = TemplateOptions.DEFAULTS.date(LocalDate.of(2024, 7, 4));

    private static String jinja(String name) throws IOException {
        return Files.readString(Golden.path("golden/jinja/chats/" + name + ".jinja"));
    }

    /** The tokenizer "pieces" with a rule that puts its beginning token in front of every text. */
    private static Tokenizer beginning(Path folder) throws IOException {
        JsonMapper mapper = new JsonMapper();
        Path source = Golden.path("tokenizers/pieces");
        ObjectNode json =
                (ObjectNode) mapper.readTree(source.resolve("tokenizer.json").toFile());
        json.set("post_processor", GOLDEN.get("post_processor"));
        mapper.writeValue(folder.resolve("tokenizer.json").toFile(), json);
        Files.copy(source.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        return HuggingFaceTokenizer.load(folder);
    }

    private static String text(Slots slots) {
        StringBuilder text = new StringBuilder();
        slots.slots().forEach(slot -> text.append(((Slot.Text) slot).text()));
        return text.toString();
    }

    private static Map<String, String> parts(Tokenizer tokenizer, String jinja, TemplateOptions options) {
        try {
            Template template = DerivedTemplate.of(tokenizer.chatTemplate(jinja), options);
            return Map.of(
                    "kind", template.kind().name().toLowerCase(Locale.ROOT),
                    "prefix", text(template.pieces().prefix()),
                    "system", text(template.pieces().system()),
                    "user", text(template.pieces().user()),
                    "assistant", text(template.pieces().assistant()),
                    "default_system", template.defaultSystem());
        } catch (TemplateException e) {
            assertTrue(e.getMessage().contains("Set template to"), e.getMessage());
            return Map.of("error", "");
        }
    }

    private static Map<String, String> expected(JsonNode golden) {
        if (golden.has("error")) {
            return Map.of("error", "");
        }
        Map<String, String> parts = new HashMap<>();
        golden.properties()
                .forEach(entry -> parts.put(entry.getKey(), entry.getValue().textValue()));
        return parts;
    }

    private static List<String> differences(String name, Tokenizer tokenizer, TemplateOptions options)
            throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : GOLDEN.get("templates").properties()) {
            Map<String, String> wanted = expected(entry.getValue().get(name));
            Map<String, String> got = parts(tokenizer, jinja(entry.getKey()), options);
            if (!wanted.equals(got)) {
                wrong.add("\n" + entry.getKey() + " with " + name + "\n  wanted " + wanted + "\n  got    " + got);
            }
        }
        return wrong;
    }

    @Test
    void partsEqualThoseOfLlamaFactoryForCompatibility() throws IOException {
        for (String name : List.of("bytes", "pieces", "unigram")) {
            try (Tokenizer tokenizer = Golden.tokenizer(name)) {
                assertEquals(List.of(), differences(name, tokenizer, OPTIONS.likeLlamaFactory(true)));
            }
        }
    }

    @Test
    void aTokenizersOwnFrameIsCutOffAsByLlamaFactoryForCompatibility(@TempDir Path folder) throws IOException {
        try (Tokenizer tokenizer = beginning(folder)) {
            assertEquals(List.of(), differences("begins", tokenizer, OPTIONS.likeLlamaFactory(true)));
        }
    }

    /** LLaMA-Factory would cut the first three characters off, and begin each conversation with a token of its own. */
    @Test
    void aFrameThatTheTemplateDoesNotWriteStaysOut(@TempDir Path folder) throws IOException {
        try (Tokenizer tokenizer = beginning(folder)) {
            Map<String, String> parts = parts(tokenizer, jinja("chatml"), OPTIONS);
            assertEquals("", parts.get("prefix"));
            assertEquals("<|im_start|>system\n{{content}}<|im_end|>\n", parts.get("system"));
            assertEquals("<s>", parts(tokenizer, jinja("command_r"), OPTIONS).get("prefix"));
        }
    }

    @Test
    void aTemplateThatRefusesAProbeSaysWhatToSet() {
        try (Tokenizer bytes = Golden.tokenizer("bytes")) {
            Tokenizer tokenizer = bytes.chatTemplate(
                    "{% if messages[0].role == 'system' %}{{ raise_exception('No system!') }}{% endif %}");
            TemplateException e = assertThrows(TemplateException.class, () -> DerivedTemplate.of(tokenizer, OPTIONS));
            assertTrue(e.getMessage().contains("a system text and a question"), e.getMessage());
            assertTrue(e.getMessage().contains("No system!"), e.getMessage());
        }
    }
}
