package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What to say of a config whose family is not built in: why, if its type is a known one, and which family is nearest. Code
 * that comes with a model is never run, so {@code auto_map} only says that there is some.
 */
final class UnknownModel {
    private static final String RESOURCE = "foreign_types.tsv";
    private static final Map<String, Foreign> FOREIGN = read();
    private static final List<String> ENDINGS =
            List.of("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "Model");

    private final String where;
    private final JsonNode root;
    private final SortedSet<String> known;

    private record Foreign(String kind, String family, String words) {}

    /** @param known the built-in families */
    UnknownModel(String where, JsonNode root, SortedSet<String> known) {
        this.where = where;
        this.root = root;
        this.known = known;
    }

    private static Map<String, Foreign> read() {
        Map<String, Foreign> types = new HashMap<>();
        try (InputStream in = UnknownModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its resource " + RESOURCE);
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .forEach(columns -> types.put(columns[0], new Foreign(columns[1], columns[2], columns[3])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return types;
    }

    UnsupportedException refusal(String type) {
        Foreign foreign = FOREIGN.get(type);
        String why = foreign == null ? unheardOf(type) : heardOf(foreign);
        return new UnsupportedException(where + ": model_type \"" + type + "\" is not one this build can load" + code()
                + ". " + why + " It knows: " + String.join(", ", known) + ".");
    }

    /** The family that {@code architectures} names, for a config without {@code model_type}; null if it names none. */
    @Nullable
    String familyByClass() {
        String plain = plain(stem());
        return plain.isEmpty()
                ? null
                : known.stream()
                        .filter(family -> plain(family).equals(plain))
                        .findFirst()
                        .orElse(null);
    }

    private static String heardOf(Foreign foreign) {
        return switch (foreign.kind) {
            case "layers" -> "The model has " + foreign.words + ", which this library does not compute.";
            case "takes" -> "The model takes " + foreign.words + "; take the text model that it is built on.";
            case "reads" -> "The model reads " + foreign.words + "; this library tunes decoders, which write text.";
            case "like" ->
                "The built-in family \"" + foreign.family + "\" is the nearest: " + foreign.words
                        + ". A copy converted to that family (config.json and names of tensors) can be tuned.";
            default -> "None of the built-in families computes as it does.";
        };
    }

    private String unheardOf(String type) {
        String family = familyByClass();
        if (family != null) {
            return "Its architectures name " + architecture() + ", which is the family \"" + family
                    + "\": if the file is right about that, set its model_type to \"" + family + "\".";
        }
        List<String> near = Nearest.to(type, known);
        List<String> nearClass = stem().isEmpty() ? List.of() : Nearest.to(stem().toLowerCase(Locale.ROOT), known);
        String nearest = !near.isEmpty() ? near.get(0) : !nearClass.isEmpty() ? nearClass.get(0) : "";
        if (!nearest.isEmpty()) {
            return "The family with the nearest name is \"" + nearest + "\".";
        }
        return "No built-in family is known to fit" + (stem().isEmpty() ? "" : " " + architecture()) + ".";
    }

    /** What is said of code in the repository. */
    private String code() {
        JsonNode map = root.path("auto_map");
        if (!map.isObject() || map.isEmpty()) {
            return "";
        }
        JsonNode main = map.has("AutoModelForCausalLM")
                ? map.get("AutoModelForCausalLM")
                : map.properties().iterator().next().getValue();
        return "; it is computed by code in its repository"
                + (main.isTextual() ? " (" + shortened(main.asText()) + ")" : "")
                + ", and code from a model folder is never run here, whatever trust_remote_code says";
    }

    private String architecture() {
        return shortened(root.path("architectures").path(0).asText());
    }

    private String stem() {
        String name = root.path("architectures").path(0).asText();
        for (String ending : ENDINGS) {
            if (name.endsWith(ending)) {
                return shortened(name.substring(0, name.length() - ending.length()));
            }
        }
        return shortened(name);
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
