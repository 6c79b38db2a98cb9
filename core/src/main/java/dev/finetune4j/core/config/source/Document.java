package dev.finetune4j.core.config.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads a settings document, YAML or JSON, into its entries. */
public final class Document {
    private static final JsonFactory JSON = new JsonFactory();
    // "no" and "on" stay words: save_strategy: no is a choice, not a boolean. The builder starts with every feature
    // off.
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build();

    private Document() {}

    /**
     * One top-level key of a document.
     *
     * @param line where the key stands, from 1
     */
    public record Entry(String key, JsonNode value, int line) {}

    /**
     * Reads a file; {@code .json} is JSON, everything else YAML.
     *
     * @throws ConfigException if the file cannot be read, is not well-formed, or names a key twice
     */
    public static List<Entry> read(Path file) {
        String name = file.toString();
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            boolean json = name.toLowerCase(Locale.ROOT).endsWith(".json");
            return parse(text, name, json ? JSON : YAML);
        } catch (IOException e) {
            String reason =
                    Files.exists(file) ? "cannot be read as UTF-8 text (" + e.getMessage() + ")" : "does not exist";
            throw new ConfigException(new Problem("", "", name, "The settings file " + name + " " + reason + ".", ""));
        }
    }

    /** Reads YAML text; {@code name} stands for the file in messages. */
    public static List<Entry> yaml(String text, String name) {
        return parse(text, name, YAML);
    }

    /** Reads JSON text; {@code name} stands for the file in messages. */
    public static List<Entry> json(String text, String name) {
        return parse(text, name, JSON);
    }

    /**
     * Reads one value written as one line of YAML, such as {@code 1e-4}, {@code [a, b]} or {@code {k: 2}}.
     *
     * @throws ConfigException if it is not well-formed
     */
    public static JsonNode value(String text, String origin) {
        String line = text.strip();
        List<Entry> entries = parse("value: " + line.replace("\n", " "), origin, YAML);
        return entries.get(0).value();
    }

    private static List<Entry> parse(String text, String name, JsonFactory format) {
        try (JsonParser parser = format.createParser(text)) {
            return new DocumentReader(parser, name).read();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw DocumentReader.failure(name, line, "is not well-formed: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw DocumentReader.failure(name, 1, "cannot be read: " + e.getMessage());
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("unknown syntax error");
    }
}
