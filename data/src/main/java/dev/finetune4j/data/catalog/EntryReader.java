package dev.finetune4j.data.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.error.UnsupportedException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns one entry of the catalog's JSON into a {@link DatasetEntry}; knows every key, and refuses what is not there yet. */
final class EntryReader {
    private static final List<String> HUB_KEYS = List.of("hf_hub_url", "ms_hub_url", "om_hub_url");
    private static final List<String> KEYS = List.of(
            "hf_hub_url",
            "ms_hub_url",
            "om_hub_url",
            "script_url",
            "cloud_file_name",
            "file_name",
            "formatting",
            "ranking",
            "subset",
            "split",
            "folder",
            "num_samples",
            "columns",
            "tags");

    private final Path folder;
    private final String where;
    private final String name;
    private final JsonNode node;

    /** @param where catalog file and entry, for messages */
    EntryReader(Path folder, String where, String name, JsonNode node) {
        this.folder = folder;
        this.where = where;
        this.name = name;
        this.node = node;
    }

    DatasetEntry read() {
        if (!node.isObject()) {
            throw new DataException(where, "The entry is not a JSON object. Give it at least \"file_name\".");
        }
        checkKeys(node, KEYS, "");
        Path location = folder.resolve(fileName());
        refuseSplits();
        return new DatasetEntry(
                name,
                location,
                text("formatting", "alpaca"),
                flag("ranking"),
                samples(),
                node.hasNonNull("columns") ? Columns.of(texts("columns", Columns.KEYS)) : Columns.DEFAULTS,
                node.hasNonNull("tags") ? Tags.of(texts("tags", Tags.KEYS)) : Tags.DEFAULTS);
    }

    private String fileName() {
        for (String key : HUB_KEYS) {
            if (node.hasNonNull(key)) {
                throw unavailable(
                        key,
                        "Download the data set, put its files under " + folder + " and name them with \"file_name\"");
            }
        }
        if (node.hasNonNull("script_url")) {
            throw new UnsupportedException(
                    where + ": \"script_url\" names a Python loading script, which cannot be run here."
                            + " Convert the data to JSON lines and name the file with \"file_name\".");
        }
        if (node.hasNonNull("cloud_file_name")) {
            throw unavailable("cloud_file_name", "Copy the file under " + folder + " and name it with \"file_name\"");
        }
        String file = text("file_name", "");
        if (file.isEmpty()) {
            throw new DataException(
                    where, "The entry names no source. Add \"file_name\", a file or folder inside " + folder + ".");
        }
        return file;
    }

    private void refuseSplits() {
        String split = text("split", "train");
        if (!split.equals("train")) {
            throw unavailable("split", "Local files have the one split \"train\"; leave the key out");
        }
    }

    private UnsupportedException unavailable(String key, String way) {
        return new UnsupportedException(where + ": \"" + key + "\" is known, but not available yet. " + way + ".");
    }

    private @Nullable Integer samples() {
        JsonNode value = node.get("num_samples");
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw wrongType("num_samples", "a whole number of at least 1", value);
        }
        return value.intValue();
    }

    private boolean flag(String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrongType(key, "true or false", value);
        }
        return value.booleanValue();
    }

    private String text(String key, String otherwise) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isTextual()) {
            throw wrongType(key, "a text", value);
        }
        return value.textValue();
    }

    private Map<String, String> texts(String key, List<String> known) {
        JsonNode object = node.get(key);
        if (!object.isObject()) {
            throw wrongType(key, "an object", object);
        }
        checkKeys(object, known, key + ".");
        Map<String, String> found = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (field.getValue().isTextual()) {
                found.put(field.getKey(), field.getValue().textValue());
            } else if (!field.getValue().isNull()) {
                throw wrongType(key + "." + field.getKey(), "a text", field.getValue());
            }
        });
        return found;
    }

    private void checkKeys(JsonNode object, List<String> known, String prefix) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String key = names.next();
            if (!known.contains(key)) {
                throw new DataException(
                        where,
                        "Unknown key \"" + prefix + key + "\"." + Nearest.sentence(key, known) + " Known keys: "
                                + String.join(", ", known) + ".");
            }
        }
    }

    private DataException wrongType(String key, String expected, JsonNode found) {
        return new DataException(where, "\"" + key + "\" must be " + expected + ", found " + found + ".");
    }
}
