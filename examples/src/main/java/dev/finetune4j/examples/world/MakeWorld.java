package dev.finetune4j.examples.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes everything from which the quick start's model is made: the pretraining text, the rows for tuning and their
 * control, and the tokenizer. The same seed gives the same bytes.
 *
 * <pre>{@code
 * MakeWorld FOLDER
 *   FOLDER/data/corpus.jsonl          pretraining text, one {"text": …} a line
 *   FOLDER/data/train.json            rows for tuning
 *   FOLDER/data/eval.json             held-back rows: other stories, other names
 *   FOLDER/data/train_shuffled.json   the training rows with answers of other rows
 *   FOLDER/model-config/tokenizer*.json
 * }</pre>
 */
public final class MakeWorld {

    static final long SEED = 20_261;
    private static final int TEXTS = 24_000;
    private static final int TRAINING_ROWS = 600;
    private static final int HELD_BACK_ROWS = 200;
    private static final int VOCABULARY = 2048;

    private MakeWorld() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: MakeWorld FOLDER");
            System.exit(2);
        }
        write(Path.of(args[0]));
    }

    /** Writes all files below {@code folder}, replacing what is there. */
    static void write(Path folder) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        List<String> texts = new Chronicle(Names.all(SEED), SEED + 1).texts(TEXTS);
        Files.writeString(data.resolve("corpus.jsonl"), corpus(texts));
        List<Quiz.Row> training = Quiz.training().rows(TRAINING_ROWS);
        writeRows(data.resolve("train.json"), training);
        writeRows(data.resolve("train_shuffled.json"), Quiz.withShuffledAnswers(training, SEED + 3));
        writeRows(data.resolve("eval.json"), Quiz.heldBack().rows(HELD_BACK_ROWS));
        int merges = VOCABULARY - TokenizerFiles.BASE_SIZE;
        new TokenizerFiles(new BytePairTrainer(texts).learn(merges)).write(folder.resolve("model-config"));
    }

    private static String corpus(List<String> texts) {
        return texts.stream()
                .map(text -> "{\"text\": " + Json.text(text) + "}\n")
                .collect(Collectors.joining());
    }

    private static void writeRows(Path file, List<Quiz.Row> rows) throws IOException {
        Files.writeString(file, Json.lines(rows.stream().map(Quiz.Row::json).toList()));
    }
}
