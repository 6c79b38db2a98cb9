package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Folders that LLaMA-Factory 0.9.5 wrote as its {@code tokenized_path} (parity/opens_our_cache.py) hold, opened here, the
 * samples that this library makes of the same data under compatibility.
 */
class KeptByOthersTest {
    @TestFactory
    List<DynamicTest> samplesEqualThoseEncodedHere() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : Golden.json("golden/kept/cases.json").get("cases")) {
            tests.add(DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden)));
        }
        assertTrue(tests.size() >= 8, "cases");
        return tests;
    }

    private static void check(JsonNode golden) {
        DataRequest request = EncodersParityTest.request(golden);
        Path kept = Golden.path("golden/kept/" + golden.get("name").asText());
        DataRequest keeping = request.handling(new DataRequest.Handling(
                request.handling().groups(), request.handling().invalid(), new DataRequest.Cache(kept, false), null));
        try (Tokenizer tokenizer = Golden.tokenizer(golden.get("tokenizer").asText())) {
            TrainingData encoded = TrainingData.open(request, tokenizer);
            TrainingData opened = TrainingData.open(keeping, tokenizer);
            compare(encoded.train(), opened.train());
            assertEquals(encoded.evaluation().keySet(), opened.evaluation().keySet());
            encoded.evaluation()
                    .forEach((name, rows) -> compare(rows, opened.evaluation().get(name)));
        }
    }

    private static void compare(EncodedRows encoded, EncodedRows opened) {
        assertEquals(encoded.count(), opened.count());
        for (int i = 0; i < encoded.count(); i++) {
            compare("row " + i, encoded.sample(i), opened.sample(i));
            assertEquals(encoded.length(i), opened.length(i), "length of row " + i);
        }
        assertEquals(encoded.statistics(), opened.statistics());
    }

    private static void compare(String where, Sample encoded, Sample opened) {
        assertEquals(encoded.rows().size(), opened.rows().size(), where);
        assertEquals(encoded.wanted(), opened.wanted(), where);
        for (int side = 0; side < encoded.rows().size(); side++) {
            Tokens wanted = encoded.rows().get(side);
            Tokens found = opened.rows().get(side);
            assertArrayEquals(wanted.ids(), found.ids(), where);
            assertArrayEquals(wanted.labels(), found.labels(), where);
            assertArrayEquals(wanted.parts(), found.parts(), where);
            assertArrayEquals(wanted.row(0).documents(), found.row(0).documents(), where);
        }
    }
}
