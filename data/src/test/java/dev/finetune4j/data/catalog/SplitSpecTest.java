package dev.finetune4j.data.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Slices as {@code datasets} takes them; see {@code parity/split_slices.py}. */
class SplitSpecTest {
    private static final JsonNode GOLDEN = Golden.json("golden/split_slices.json");

    private static List<Integer> rows(String spec, int count) {
        return SplitSpec.parse(spec, "entry")
                .of(name -> Dataset.of(IntStream.range(0, count).boxed().toList()), "entry")
                .toList();
    }

    @Test
    void slicesAreThoseOfPython() {
        GOLDEN.get("bounds")
                .properties()
                .forEach(spec -> spec.getValue().properties().forEach(length -> {
                    int count = Integer.parseInt(length.getKey());
                    if (length.getValue().isTextual()) {
                        assertThrows(DataException.class, () -> rows(spec.getKey(), count), spec + " of " + count);
                        return;
                    }
                    List<Integer> expected = new ArrayList<>();
                    length.getValue()
                            .forEach(bounds -> IntStream.range(
                                            bounds.get(0).intValue(),
                                            bounds.get(1).intValue())
                                    .forEach(expected::add));
                    assertEquals(expected, rows(spec.getKey(), count), spec.getKey() + " of " + count);
                }));
    }

    @Test
    void whatPythonRefusesIsRefused() {
        GOLDEN.get("refused").properties().forEach(spec -> {
            assertTrue(spec.getValue().booleanValue());
            DataException refused = assertThrows(
                    DataException.class, () -> SplitSpec.parse(spec.getKey(), "f, entry \"x\""), spec.getKey());
            assertEquals("f, entry \"x\"", refused.where());
        });
        assertThrows(DataException.class, () -> SplitSpec.parse("train[:99999999999]", ""));
    }

    @Test
    void aSliceFromTheStartReadsNoFurther() {
        Dataset<Integer> endless = Dataset.of(
                (Iterable<Integer>) () -> IntStream.iterate(0, i -> i + 1).iterator());
        assertEquals(
                List.of(2, 3),
                SplitSpec.parse("train[2:4]", "").of(name -> endless, "").toList());
    }

    @Test
    void theWholeSplitIsTheSetItself() {
        Dataset<Integer> set = Dataset.of(List.of(1, 2));
        assertTrue(SplitSpec.TRAIN.of(name -> set, "") == set);
        assertFalse(SplitSpec.parse("train[1:]", "").of(name -> set, "") == set);
    }
}
