import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.TrainingData;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens the data of stages that the command line does not train, kept in a folder, and prints how many rows there are. For
 * {@code opens_our_cache.py}, which starts it as a single source file:
 *
 * <pre>java -cp "$(cat cli/target/classpath)" parity/KeepRows.java TOKENIZER DATA KEPT STAGE SETTINGS</pre>
 */
final class KeepRows {
    private KeepRows() {}

    public static void main(String[] arguments) throws Exception {
        JsonNode settings = new ObjectMapper().readTree(arguments[4]);
        DataRequest.Sampling sampling = new DataRequest.Sampling(settings.get("max_samples").asInt(), 0, false, 42);
        DataRequest request = new DataRequest(
                arguments[3],
                new DataRequest.Sources(
                        Path.of(arguments[1]),
                        List.of(settings.get("dataset").asText().split(",")),
                        List.of(),
                        sampling),
                new DataRequest.Rendering(
                        settings.get("template").asText(),
                        TemplateOptions.DEFAULTS,
                        LengthLimit.trimming(2048),
                        null,
                        new Masking(false, false, true)),
                new DataRequest.Handling(
                        new DataRequest.Groups(1000, 1),
                        new DataRequest.InvalidRows(DataRequest.InvalidRows.Policy.SKIP, 1),
                        new DataRequest.Cache(Path.of(arguments[2]), false),
                        null));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(Path.of(arguments[0]))) {
            TrainingData data = TrainingData.open(request, tokenizer);
            System.out.println(data.train().count() + " rows, " + data.train().statistics().labelled() + " learned");
        }
    }
}
