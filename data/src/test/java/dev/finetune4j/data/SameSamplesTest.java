package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.DataRequest.InvalidRows.Policy;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P16: over random data sets, however rows are read, encoded and kept, the samples are the same. */
class SameSamplesTest {
    private static final String[] WORDS = {"river", "é", "漢字", "🙂", "\n", "7", "<|im_end|>", "of", "\t", "\"", "lamp"};
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextBoolean() ? " " : "");
        }
        return text.toString();
    }

    private int write(Random random) throws IOException {
        Files.writeString(
                folder.resolve("dataset_info.json"),
                "{'rows': {'file_name': 'rows.jsonl'}, 'pairs': {'file_name': 'rows.jsonl', 'ranking': true, 'columns':"
                                .replace('\'', '"')
                        + "{'prompt': 'instruction', 'chosen': 'output', 'rejected': 'worse'}}, 'verdicts':"
                                .replace('\'', '"')
                        + "{'file_name': 'rows.jsonl', 'columns': {'prompt': 'instruction', 'response': 'output', 'kto_tag': 'good'}}}"
                                .replace('\'', '"'));
        StringBuilder lines = new StringBuilder();
        int count = 5 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            ObjectNode row = JSON.createObjectNode();
            row.put("instruction", text(random, 12));
            row.put("output", text(random, 20));
            row.put("worse", text(random, 20));
            row.put("good", random.nextBoolean());
            if (i > 0 && random.nextInt(9) == 0) {
                row.put(random.nextBoolean() ? "output" : "instruction", i);
            }
            lines.append(JSON.writeValueAsString(row)).append('\n');
        }
        Files.writeString(folder.resolve("rows.jsonl"), lines);
        return count;
    }

    private static Supplier<Requests> requests(Path folder, Random random, DataRequest.Groups groups) {
        String stage = List.of("sft", "sft", "sft", "pt", "dpo", "kto", "ppo").get(random.nextInt(7));
        String set = stage.equals("dpo") ? "pairs" : stage.equals("kto") ? "verdicts" : "rows";
        int cutoff = stage.equals("pt") ? 24 : 60 + random.nextInt(200);
        Packing packing = stage.equals("sft")
                ? List.of(Packing.NONE, Packing.NEAT, Packing.PLAIN).get(random.nextInt(3))
                : null;
        boolean history = stage.equals("sft") && random.nextBoolean();
        boolean like = random.nextBoolean();
        String template = List.of("qwen", "llama3", "vicuna", "qwen3").get(random.nextInt(4));
        return () -> {
            Requests request = Requests.in(folder)
                    .stage(stage)
                    .datasets(set)
                    .template(template)
                    .cutoff(cutoff)
                    .masking(false, history, like)
                    .invalid(Policy.SKIP, 1)
                    .groups(groups);
            return packing == null ? request : request.packing(packing);
        };
    }

    private static List<String> samples(EncodedRows rows, int most) {
        List<String> samples = new ArrayList<>();
        for (int i = 0; i < Math.min(most, rows.count()); i++) {
            samples.add(text(rows.sample(i)));
        }
        return samples;
    }

    private static String text(Sample sample) {
        StringBuilder text = new StringBuilder();
        for (Tokens tokens : sample.rows()) {
            text.append(Arrays.toString(tokens.ids())).append(Arrays.toString(tokens.labels()));
            text.append(Arrays.toString(tokens.parts()))
                    .append(Arrays.toString(tokens.row(0).documents()));
        }
        return text + " " + sample.wanted() + " " + sample.provenance();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void workersStreamsAndCachesChangeNoSample(int seed) throws IOException {
        Random random = new Random(seed);
        write(random);
        int size = 3 + random.nextInt(12);
        DataRequest.Groups one = new DataRequest.Groups(size, 1, 1);
        Supplier<Requests> plain = requests(folder, new Random(seed), one);
        try (Tokenizer tokenizer = Golden.tokenizer(seed % 2 == 0 ? "bytes" : "pieces")) {
            EncodedRows encoded = open(plain.get(), tokenizer);
            List<String> wanted = samples(encoded, Integer.MAX_VALUE);
            assertTrue(!wanted.isEmpty());
            Supplier<Requests> four = requests(folder, new Random(seed), new DataRequest.Groups(size, 1, 4));
            assertEquals(wanted, samples(open(four.get(), tokenizer), Integer.MAX_VALUE), "four workers");
            EncodedRows streamed = open(four.get().stream(1, 2 * wanted.size()), tokenizer);
            List<String> twice = samples(streamed, 2 * wanted.size());
            assertEquals(wanted, twice.subList(0, wanted.size()), "streaming");
            assertEquals(wanted, twice.subList(wanted.size(), twice.size()), "streaming, second pass");
            for (int time = 0; time < 2; time++) {
                EncodedRows kept = open(four.get().cache(folder.resolve("kept"), false), tokenizer);
                assertEquals(wanted, samples(kept, Integer.MAX_VALUE), "kept, time " + time);
                assertEquals(encoded.report().toString(), kept.report().toString());
                for (int i = 0; i < wanted.size(); i++) {
                    assertEquals(encoded.length(i), kept.length(i), "length");
                }
            }
        }
    }

    private static EncodedRows open(Requests request, Tokenizer tokenizer) {
        try {
            return TrainingData.open(request.build(), tokenizer).train();
        } catch (DataException e) {
            throw new AssertionError(request.build().toString(), e);
        }
    }
}
