package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.dataset.Mixing;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Ids, labels and borders of packed rows equal those of LLaMA-Factory 0.9.5, row by row, over the cases of
 * parity/encoders.py. P4, P6, P12 and P13 rest on these.
 */
class EncodersParityTest {
    @TestFactory
    List<DynamicTest> rowsEqualThoseOfLlamaFactory() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : Golden.json("golden/encoders/cases.json")) {
            tests.add(DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden)));
        }
        assertEquals(true, tests.size() > 150, "cases");
        return tests;
    }

    private static void check(JsonNode golden) {
        try (Tokenizer tokenizer = Golden.tokenizer(golden.get("tokenizer").asText())) {
            TrainingData data = TrainingData.open(request(golden), tokenizer);
            compare(golden.get("name").asText(), golden.get("train"), data.train());
            if (golden.has("eval")) {
                compare(
                        golden.get("name").asText(),
                        golden.get("eval"),
                        data.evaluation().get(TrainingData.EVALUATION));
            } else {
                assertEquals(Map.of(), data.evaluation());
            }
        }
    }

    private static void compare(String name, JsonNode expected, EncodedRows rows) {
        for (int i = 0; i < Math.min(expected.size(), rows.count()); i++) {
            JsonNode golden = expected.get(i);
            String where = name + ": row " + i;
            if (golden.has("rows")) {
                compareTwo(where, golden, rows.sample(i));
            } else {
                compare(where, golden, rows.row(i));
            }
        }
        assertEquals(expected.size(), rows.count(), "rows");
    }

    private static void compareTwo(String where, JsonNode golden, Sample sample) {
        assertEquals(2, sample.rows().size(), where);
        for (int side = 0; side < 2; side++) {
            JsonNode row = golden.get("rows").get(side);
            compare(where + ", side " + side, row, sample.rows().get(side).row(0));
        }
        JsonNode wanted = golden.get("wanted");
        assertEquals(wanted == null ? null : wanted.booleanValue(), sample.wanted(), where);
    }

    private static void compare(String where, JsonNode golden, TokenRow row) {
        int[] ids = Golden.ints(golden.get("ids"));
        assertArrayEquals(ids, row.ids(), where + ": ids");
        assertArrayEquals(labels(golden, ids), row.labels(), where + ": labels");
        if (golden.has("parts")) {
            boolean apart = golden.get("apart").asBoolean();
            int[] parts = Golden.ints(golden.get("parts"));
            assertArrayEquals(apart ? parts : new int[] {ids.length}, row.documents(), where + ": documents");
            assertArrayEquals(positions(parts), row.positions(), where + ": positions");
        }
    }

    private static int[] labels(JsonNode golden, int[] ids) {
        if (golden.has("labels")) {
            return Golden.ints(golden.get("labels"));
        }
        int[] labels = new int[ids.length];
        Arrays.fill(labels, Labels.IGNORED);
        for (JsonNode run : golden.get("trained")) {
            int from = run.get(0).intValue();
            System.arraycopy(ids, from, labels, from, run.get(1).intValue() - from);
        }
        return labels;
    }

    private static int[] positions(int[] parts) {
        int[] positions = new int[Arrays.stream(parts).sum()];
        int at = 0;
        for (int length : parts) {
            for (int i = 0; i < length; i++) {
                positions[at++] = i;
            }
        }
        return positions;
    }

    static DataRequest request(JsonNode golden) {
        JsonNode settings = golden.get("settings");
        JsonNode thinking = settings.get("enable_thinking");
        TemplateOptions options = new TemplateOptions(
                settings.path("default_system").asText(null),
                null,
                thinking == null ? Boolean.TRUE : thinking.isNull() ? null : Boolean.valueOf(thinking.asBoolean()),
                settings.path("preserve_thinking").asBoolean());
        JsonNode most = settings.get("max_samples");
        DataRequest.Sampling sampling = new DataRequest.Sampling(
                most == null ? null : most.asInt(),
                settings.path("val_size").asDouble(),
                false,
                golden.path("seed").asLong(42),
                mix(settings));
        Masking masking = new Masking(
                settings.path("train_on_prompt").asBoolean(),
                settings.path("mask_history").asBoolean(),
                true);
        DataRequest.Groups groups = new DataRequest.Groups(
                settings.path("preprocessing_batch_size").asInt(1000),
                settings.path("preprocessing_num_workers").asInt(1));
        return new DataRequest(
                golden.get("stage").asText(),
                new DataRequest.Sources(
                        Golden.path("golden/encoders"),
                        names(settings.path("dataset").asText()),
                        names(settings.path("eval_dataset").asText()),
                        sampling),
                new DataRequest.Rendering(
                        settings.get("template").asText(),
                        options,
                        LengthLimit.trimming(settings.path("cutoff_len").asInt(2048)),
                        packing(settings),
                        masking),
                new DataRequest.Handling(
                        groups, new DataRequest.InvalidRows(DataRequest.InvalidRows.Policy.SKIP, 1), null, null));
    }

    private static DataRequest.Mix mix(JsonNode settings) {
        List<Double> probabilities = new ArrayList<>();
        for (String probability : names(settings.path("interleave_probs").asText())) {
            probabilities.add(Double.valueOf(probability));
        }
        String strategy = settings.path("mix_strategy").asText("concat");
        return new DataRequest.Mix(Mixing.valueOf(strategy.toUpperCase(Locale.ROOT)), probabilities);
    }

    private static Packing packing(JsonNode settings) {
        if (settings.path("neat_packing").asBoolean()) {
            return Packing.NEAT;
        }
        if (!settings.has("packing")) {
            return null;
        }
        return settings.get("packing").asBoolean() ? Packing.PLAIN : Packing.NONE;
    }

    private static List<String> names(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(","));
    }
}
