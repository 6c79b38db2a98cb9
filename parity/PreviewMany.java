import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.finetune.FineTune;
import dev.finetune4j.finetune.RowPreview;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code finetune4j preview FILE --json} prints, for every settings file of a folder in one virtual machine. For {@code
 * preview_templates.py}, which starts it as a single source file:
 *
 * <pre>java -cp "$(cat cli/target/classpath)" parity/PreviewMany.java FOLDER OUTPUT</pre>
 */
final class PreviewMany {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PreviewMany() {}

    public static void main(String[] arguments) throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(arguments[0]))) {
            files = all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
        try (PrintStream out = new PrintStream(arguments[1], StandardCharsets.UTF_8)) {
            for (Path file : files) {
                out.println(JSON.writeValueAsString(preview(file)));
            }
        }
    }

    private static Map<String, Object> preview(Path file) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", file.getFileName().toString().replace(".yaml", ""));
        try {
            List<Object> rows = new ArrayList<>();
            for (RowPreview row : FineTune.builder().yaml(file).build().preview(Integer.MAX_VALUE)) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("where", row.where());
                fields.put("input_ids", row.ids());
                fields.put("labels", row.labels());
                rows.add(fields);
            }
            result.put("rows", rows);
        } catch (RuntimeException e) {
            result.put("error", e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        return result;
    }
}
