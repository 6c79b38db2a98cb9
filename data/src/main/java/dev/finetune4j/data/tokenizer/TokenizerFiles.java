package dev.finetune4j.data.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tokenizer folder as Hugging Face's libraries write them.
 *
 * @param tokenizer {@code tokenizer.json}
 * @param config {@code tokenizer_config.json}, empty object where there is none
 * @param chatTemplates by name; see {@link ChatTemplateFiles}
 */
record TokenizerFiles(ObjectNode tokenizer, ObjectNode config, Map<String, String> chatTemplates) {
    static final String TOKENIZER = "tokenizer.json";
    static final String CONFIG = "tokenizer_config.json";
    static final String SPECIAL_MAP = "special_tokens_map.json";

    private static final List<String> ADDITIONAL_KEYS = List.of("additional_special_tokens", "extra_special_tokens");
    static final JsonMapper MAPPER = mapper();

    private static JsonMapper mapper() {
        JsonMapper mapper = new JsonMapper();
        // Vocabularies nest shallowly but hold long merge lists and normalizer tables.
        mapper.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(1 << 29).build());
        return mapper;
    }

    /** Those of a folder that has a {@code tokenizer.json}. */
    static TokenizerFiles read(Path folder) {
        ObjectNode config = readObject(folder.resolve(CONFIG));
        ObjectNode merged = readObject(folder.resolve(SPECIAL_MAP));
        merged.setAll(config);
        return new TokenizerFiles(
                readObject(folder.resolve(TOKENIZER)), merged, ChatTemplateFiles.read(folder, config));
    }

    private static ObjectNode readObject(Path file) {
        if (!Files.isRegularFile(file)) {
            return MAPPER.createObjectNode();
        }
        try {
            JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new DataException(file.toString(), "The file is not a JSON object. Copy it from the model again.");
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(
                    file + ":" + line,
                    "Malformed JSON: " + e.getOriginalMessage() + ". Copy the file from the model again.",
                    e);
        } catch (IOException e) {
            throw new DataException(file.toString(), "The file cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Special tokens that the config names; a token may be a text or an object with its text under {@code content}. */
    SpecialTokens specialTokens() {
        List<String> additional = new ArrayList<>();
        for (String key : ADDITIONAL_KEYS) {
            JsonNode tokens = config.path(key);
            for (JsonNode token : tokens) {
                String text = text(token);
                if (text != null) {
                    additional.add(text);
                }
            }
        }
        return new SpecialTokens(
                text(config.path("bos_token")),
                text(config.path("eos_token")),
                text(config.path("pad_token")),
                text(config.path("unk_token")),
                additional,
                config.path("add_bos_token").asBoolean(false));
    }

    private static @Nullable String text(JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isTextual() ? content.textValue() : null;
    }

    /** The config with other special tokens; keys that this class does not know stay as they are. */
    ObjectNode config(SpecialTokens special) {
        ObjectNode copy = config.deepCopy();
        SpecialTokens before = specialTokens();
        put(copy, "bos_token", before.bos(), special.bos());
        put(copy, "eos_token", before.eos(), special.eos());
        put(copy, "pad_token", before.pad(), special.pad());
        put(copy, "unk_token", before.unk(), special.unk());
        if (!before.additional().equals(special.additional())) {
            String key =
                    copy.path("extra_special_tokens").isArray() ? "extra_special_tokens" : "additional_special_tokens";
            special.additional().forEach(copy.putArray(key)::add);
        }
        // The template is saved as a file of its own; two copies could disagree.
        copy.remove("chat_template");
        return copy;
    }

    private static void put(ObjectNode config, String key, @Nullable String before, @Nullable String after) {
        if (after != null && !after.equals(before)) {
            config.put(key, after);
        }
    }

    static ObjectWriter writer() {
        return MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
    }
}
