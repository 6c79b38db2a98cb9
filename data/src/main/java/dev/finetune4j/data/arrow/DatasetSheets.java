package dev.finetune4j.data.arrow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON that {@code datasets} keeps beside and inside its Arrow files. */
final class DatasetSheets {
    /** Key of the features in a schema's metadata. */
    static final String FEATURES_KEY = "huggingface";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private DatasetSheets() {}

    /** Columns by name. Lists carry the name that both older and newer versions read. */
    private static ObjectNode features(List<ArrowColumn> columns) {
        ObjectNode features = JSON.objectNode();
        for (ArrowColumn column : columns) {
            ObjectNode value =
                    JSON.objectNode().put("dtype", column.type().dtype()).put("_type", "Value");
            if (column.type().isList()) {
                ObjectNode list = JSON.objectNode();
                list.set("feature", value);
                value = list.put("_type", "Sequence");
            }
            features.set(column.name(), value);
        }
        return features;
    }

    /** Value of {@link #FEATURES_KEY}. */
    static String schemaMetadata(List<ArrowColumn> columns) {
        ObjectNode info = JSON.objectNode();
        info.set("features", features(columns));
        ObjectNode root = JSON.objectNode();
        root.set("info", info);
        return root.toString();
    }

    static byte[] info(List<ArrowColumn> columns) {
        ObjectNode info = JSON.objectNode().put("citation", "").put("description", "");
        info.set("features", features(columns));
        return bytes(info.put("homepage", "").put("license", ""));
    }

    static byte[] state(List<String> files, String fingerprint, @Nullable String split) {
        ObjectNode state = JSON.objectNode();
        ArrayNode listed = state.putArray("_data_files");
        files.forEach(file -> listed.addObject().put("filename", file));
        state.put("_fingerprint", fingerprint);
        state.putNull("_format_columns");
        state.putObject("_format_kwargs");
        state.putNull("_format_type");
        return bytes(state.put("_output_all_columns", false).put("_split", split));
    }

    static byte[] splits(List<String> names) {
        ObjectNode root = JSON.objectNode();
        ArrayNode listed = root.putArray("splits");
        names.forEach(listed::add);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ObjectNode sheet) {
        return sheet.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }
}
