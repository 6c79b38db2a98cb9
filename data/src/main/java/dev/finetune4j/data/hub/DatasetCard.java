package dev.finetune4j.data.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the author of a data set says about its files: the list {@code configs} in the YAML head of {@code README.md}, or in
 * {@code .huggingface.yaml}, which wins.
 */
final class DatasetCard {
    static final String README = "README.md";
    static final String YAML = ".huggingface.yaml";

    private static final Pattern HEAD =
            Pattern.compile("\\A\\s*---[\\r\\n]+(.*?)[\\r\\n]+---(?:\\r?\\n|\\z)", Pattern.DOTALL);
    private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

    private final String where;

    /** @param where data set, for messages */
    DatasetCard(String where) {
        this.where = where;
    }

    /** The subsets that a readme describes, none where it has no head. */
    List<CardConfig> readme(Path file) {
        Matcher head = HEAD.matcher(text(file));
        return head.find() ? configs(head.group(1), README) : List.of();
    }

    /** The subsets that a file of YAML describes. */
    List<CardConfig> yaml(Path file) {
        return configs(text(file), YAML);
    }

    private String text(Path file) {
        try {
            String text = Files.readString(file);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (IOException e) {
            throw new DataException(where, file + " cannot be read as UTF-8: " + e.getMessage() + ".", e);
        }
    }

    private List<CardConfig> configs(String yaml, String name) {
        JsonNode configs;
        try {
            configs = MAPPER.readTree(yaml).path("configs");
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(
                    where,
                    "The YAML of " + name + " is malformed at its line " + line + ": " + e.getOriginalMessage(),
                    e);
        }
        if (configs.isMissingNode() || configs.isNull()) {
            return List.of();
        }
        if (!configs.isArray()) {
            throw wrong(name, "\"configs\" must be a list, found " + configs);
        }
        List<CardConfig> found = new ArrayList<>();
        for (JsonNode config : configs) {
            if (!config.hasNonNull("config_name")) {
                throw wrong(name, "each of \"configs\" needs a \"config_name\", which lacks in " + config);
            }
            found.add(new CardConfig(
                    config.get("config_name").asText(),
                    folder(config.path("data_dir").asText("")),
                    patterns(config.path("data_files"), name),
                    config.path("default").asBoolean()));
        }
        return found;
    }

    /** Without the slashes and dots that mean nothing. */
    static String folder(String text) {
        return text.replaceAll("^(\\./|/)+", "").replaceAll("/+$", "").replaceAll("^\\.$", "");
    }

    private Map<String, List<String>> patterns(JsonNode files, String name) {
        if (files.isMissingNode() || files.isNull()) {
            return Map.of();
        }
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        boolean perSplit = files.isArray() && !files.isEmpty() && files.get(0).isObject();
        if (perSplit) {
            for (JsonNode part : files) {
                if (!part.hasNonNull("split") || !part.hasNonNull("path")) {
                    throw wrong(name, "each of \"data_files\" needs \"split\" and \"path\", found " + part);
                }
                String split = part.get("split").asText();
                if (patterns.put(split, texts(part.get("path"), name)) != null) {
                    throw wrong(name, "\"data_files\" names the split \"" + split + "\" twice");
                }
            }
        } else if (files.isObject()) {
            files.properties().forEach(part -> patterns.put(part.getKey(), texts(part.getValue(), name)));
        } else {
            patterns.put("train", texts(files, name));
        }
        return patterns;
    }

    private List<String> texts(JsonNode value, String name) {
        if (value.isTextual()) {
            return List.of(value.textValue());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : value) {
            if (!text.isTextual()) {
                throw wrong(name, "a path of \"data_files\" must be a text or a list of texts, found " + value);
            }
            texts.add(text.textValue());
        }
        if (texts.isEmpty()) {
            throw wrong(name, "a path of \"data_files\" must be a text or a list of texts, found " + value);
        }
        return texts;
    }

    private DataException wrong(String name, String what) {
        return new DataException(
                where, name + ": " + what + ". Its author must correct it; \"folder\" reads files past it.");
    }
}
