package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Path;

/** What {@link SmallHeapTest} starts in virtual machines with little heap: encodes a set and says what came of it. */
final class SmallHeapProgram {
    private static final long MEGABYTE = 1 << 20;

    private SmallHeapProgram() {}

    /** @param arguments folder of the catalog, folder of the tokenizer, and a folder to keep rows in or nothing */
    public static void main(String[] arguments) {
        Requests request = Requests.in(Path.of(arguments[0])).groups(new DataRequest.Groups(100, 1, 2));
        if (arguments.length > 2) {
            request = request.cache(Path.of(arguments[2]), false);
        }
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(Path.of(arguments[1]))) {
            TrainingData data = TrainingData.open(request.build(), tokenizer);
            long tokens = 0;
            for (int i = 0; i < data.train().count(); i++) {
                tokens += data.train().row(i).length();
            }
            System.out.println(data.train().count() + " rows " + tokens + " tokens in "
                    + Runtime.getRuntime().maxMemory() / MEGABYTE + " MB");
        } catch (DataException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
