package dev.finetune4j.data.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.error.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The templates that ship with the library; a family's file is read when one of its templates is asked for. */
public final class TemplateCatalog {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, String> INDEX = index();

    private TemplateCatalog() {}

    /** Names of all templates. */
    public static SortedSet<String> names() {
        return new TreeSet<>(INDEX.keySet());
    }

    /**
     * The template of that name.
     *
     * @throws TemplateException if there is none; the message names the nearest
     */
    public static Template named(String name) {
        String family = INDEX.get(name);
        if (family == null) {
            throw new TemplateException("There is no template \"" + name + "\"." + Nearest.sentence(name, names())
                    + " Known: " + String.join(", ", names()) + ".");
        }
        for (JsonNode node : read(family)) {
            if (node.path("name").asText().equals(name)) {
                return new TemplateReader(node).read();
            }
        }
        throw new IllegalStateException("the index names template " + name + " in " + family + ".yaml, which lacks it");
    }

    private static Map<String, String> index() {
        Map<String, String> index = new TreeMap<>();
        read("index")
                .properties()
                .forEach(entry -> index.put(entry.getKey(), entry.getValue().asText()));
        return index;
    }

    private static JsonNode read(String file) {
        String resource = "/templates/" + file + ".yaml";
        try (InputStream in = TemplateCatalog.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its resource " + resource);
            }
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
