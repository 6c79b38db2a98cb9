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

/** Turns one entry of the catalog's JSON into a {@link DatasetEntry}; knows every key. */
final class EntryReader {
    private static final List<String> HUB_KEYS = List.of("hf_hub_url", "ms_hub_url", "om_hub_url");
    private static final List<String> HUB_ONLY = List.of("subset", "folder");
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

    private final @Nullable Path folder;
    private final HubPreference preference;
    private final String where;
    private final String name;
    private final JsonNode node;

    /**
     * @param folder against which files are resolved; null where there is none
     * @param where catalog file and entry, for messages
     */
    EntryReader(@Nullable Path folder, HubPreference preference, String where, String name, JsonNode node) {
        this.folder = folder;
        this.preference = preference;
        this.where = where;
        this.name = name;
        this.node = node;
    }

    DatasetEntry read() {
        if (!node.isObject()) {
            throw new DataException(where, "The entry is not a JSON object. Give it at least \"file_name\".");
        }
        checkKeys(node, KEYS, "");
        return new DatasetEntry(
                name,
                origin(),
                SplitSpec.parse(text("split", "train"), where),
                text("formatting", "alpaca"),
                flag("ranking"),
                samples(),
                node.hasNonNull("columns") ? Columns.of(texts("columns", Columns.KEYS)) : Columns.DEFAULTS,
                node.hasNonNull("tags") ? Tags.of(texts("tags", Tags.KEYS)) : Tags.DEFAULTS);
    }

    private Origin origin() {
        if (HUB_KEYS.stream().anyMatch(node::hasNonNull)) {
            return hub();
        }
        for (String key : HUB_ONLY) {
            if (node.hasNonNull(key)) {
                throw new DataException(
                        where,
                        "\"" + key + "\" chooses a part of a hub's data set; this entry names none. Leave it out.");
            }
        }
        if (node.hasNonNull("script_url")) {
            throw new UnsupportedException(where
                    + ": \"script_url\" names a Python loading script, which cannot be run here (the Python library"
                    + " datasets no longer runs them either). Convert the data to JSON lines and name the file with"
                    + " \"file_name\".");
        }
        String address = text("cloud_file_name", "");
        if (!address.isEmpty()) {
            return new Origin.Cloud(address);
        }
        return new Origin.Local(local(text("file_name", "")));
    }

    private Path local(String file) {
        if (file.isEmpty()) {
            throw new DataException(
                    where,
                    "The entry names no source. Add \"file_name\", a file or folder"
                            + (folder == null ? "" : " inside " + folder) + ", or one of "
                            + String.join(", ", HUB_KEYS) + ", cloud_file_name.");
        }
        if (folder == null) {
            throw new DataException(
                    where,
                    "\"file_name\" names a local file, but the catalog lies on a hub. Name the hub's data set with"
                            + " \"hf_hub_url\" instead.");
        }
        return folder.resolve(file);
    }

    /** The first hub that is named and preferred, or named alone, in the order of LLaMA-Factory. */
    private Origin.Hub hub() {
        boolean elsewhere = node.hasNonNull("hf_hub_url");
        if (node.hasNonNull("ms_hub_url") && (preference.modelscope() || !elsewhere)) {
            return hub(Origin.Host.MODELSCOPE, "ms_hub_url");
        }
        if (node.hasNonNull("om_hub_url") && (preference.openmind() || !elsewhere)) {
            return hub(Origin.Host.OPENMIND, "om_hub_url");
        }
        return hub(Origin.Host.HUGGING_FACE, "hf_hub_url");
    }

    private Origin.Hub hub(Origin.Host host, String key) {
        String repository = text(key, "");
        if (repository.isEmpty()) {
            throw new DataException(where, "\"" + key + "\" is empty. Name the data set on the hub, as owner/name.");
        }
        return new Origin.Hub(host, repository, optional("subset"), optional("folder"));
    }

    private @Nullable String optional(String key) {
        String value = text(key, "");
        return value.isEmpty() ? null : value;
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
