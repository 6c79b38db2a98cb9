import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.TrainingData;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Times what lies between a data file and encoded rows. Arguments: model folder, data folder, set, template, workers. */
public final class EncodeRows {
    private EncodeRows() {}

    public static void main(String[] arguments) throws Exception {
        int workers = Integer.parseInt(arguments[4]);
        DataRequest request = DataRequest.supervised(Path.of(arguments[1]), List.of(arguments[2]), arguments[3])
                .handling(new DataRequest.Handling(
                        new DataRequest.Groups(1000, 1, workers), DataRequest.InvalidRows.SKIPPED, null, stream()));
        long start = System.nanoTime();
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(Path.of(arguments[0]));
                EncodedRows rows = TrainingData.open(request, tokenizer).train()) {
            int first = rows.row(0).length();
            double seconds = (System.nanoTime() - start) / 1e9;
            long tokens = rows.streams() ? first : rows.statistics().tokens();
            System.out.printf(
                    "{\"rows\": %d, \"tokens\": %d, \"seconds\": %.2f, \"peak_mb\": %d}%n",
                    rows.streams() ? 1 : rows.count(), tokens, seconds, peakMegabytes());
        }
    }

    /** With -Dstream=true only the first row is wanted. */
    private static DataRequest.Stream stream() {
        return Boolean.getBoolean("stream") ? new DataRequest.Stream(16384, 1) : null;
    }

    private static long peakMegabytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return 0;
    }
}
