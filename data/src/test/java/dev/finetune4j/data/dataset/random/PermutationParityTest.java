package dev.finetune4j.data.dataset.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.Mixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Orders equal those that parity/seed_shuffle.py recorded from the Hugging Face trainer and splitter. */
class PermutationParityTest {
    private static final JsonNode GOLDEN = Golden.json("golden/shuffle.json");

    @Test
    void epochsVisitRowsInTheTrainersOrder() {
        int checked = 0;
        for (JsonNode order : GOLDEN.get("orders")) {
            long seed = order.get("data_seed").isNull()
                    ? order.get("seed").asLong()
                    : order.get("data_seed").asLong();
            int epoch = 0;
            for (JsonNode rows : order.get("epochs")) {
                int[] expected = Golden.ints(rows);
                assertArrayEquals(expected, TorchPermutation.ofEpoch(expected.length, seed, epoch++));
                checked++;
            }
        }
        assertEquals(12, checked);
    }

    @Test
    void splitsTakeTheStartOfNumpysPermutation() {
        for (JsonNode split : GOLDEN.get("splits")) {
            int[] validation = Golden.ints(split.get("validation"));
            int[] train = Golden.ints(split.get("train"));
            int[] order = NumpyPermutation.of(
                    split.get("rows").asInt(), split.get("seed").asLong());
            assertArrayEquals(validation, Arrays.copyOf(order, validation.length));
            assertArrayEquals(train, Arrays.copyOfRange(order, validation.length, order.length));
        }
        assertEquals(5, GOLDEN.get("splits").size());
    }

    @Test
    void bufferedShufflesEqualThoseOfDatasets() {
        for (JsonNode golden : GOLDEN.get("buffered")) {
            Dataset<Integer> rows = Dataset.of(
                    IntStream.range(0, golden.get("rows").intValue()).boxed().toList());
            for (int epoch = 0; epoch < 2; epoch++) {
                int[] order = rows
                        .shuffle(
                                golden.get("buffer").intValue(),
                                golden.get("seed").longValue(),
                                epoch)
                        .toList()
                        .stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                assertArrayEquals(
                        Golden.ints(golden.get("passes").get(epoch)),
                        order,
                        golden.get("buffer") + " in pass " + epoch);
            }
        }
        assertEquals(4, GOLDEN.get("buffered").size());
    }

    @Test
    void interleavedSetsEqualThoseOfDatasets() {
        for (JsonNode golden : GOLDEN.get("mixed")) {
            List<Dataset<List<Integer>>> sets = new ArrayList<>();
            for (int length : Golden.ints(golden.get("lengths"))) {
                int set = sets.size();
                sets.add(Dataset.of(IntStream.range(0, length)
                        .mapToObj(row -> List.of(set, row))
                        .toList()));
            }
            double[] chances = golden.get("probabilities").isNull()
                    ? new double[0]
                    : StreamSupport.stream(golden.get("probabilities").spliterator(), false)
                            .mapToDouble(JsonNode::doubleValue)
                            .toArray();
            Mixing mixing = golden.get("strategy").asText().equals("first_exhausted")
                    ? Mixing.INTERLEAVE_UNDER
                    : Mixing.INTERLEAVE_OVER;
            List<List<Integer>> expected = new ArrayList<>();
            golden.get("order")
                    .forEach(place -> expected.add(
                            List.of(place.get(0).intValue(), place.get(1).intValue())));
            assertEquals(
                    expected,
                    mixing.mix(sets, chances, golden.get("seed").longValue()).toList(),
                    golden.get("strategy") + " " + golden.get("probabilities"));
        }
        assertEquals(12, GOLDEN.get("mixed").size());
    }

    @Test
    void mersenneTwisterDrawsAsTorchs() {
        GOLDEN.get("mt19937_first_draws").properties().forEach(entry -> {
            MersenneTwister random = new MersenneTwister(Long.parseLong(entry.getKey()));
            entry.getValue().forEach(draw -> assertEquals(draw.asLong(), random.next()));
        });
    }

    @Test
    void pcgDrawsAsNumpys() {
        GOLDEN.get("pcg64_first_outputs").properties().forEach(entry -> {
            Pcg64 random = new Pcg64(Long.parseLong(entry.getKey()));
            entry.getValue().forEach(draw -> assertEquals(Long.parseUnsignedLong(draw.asText()), random.nextLong()));
        });
    }

    /** numpy.random.seed(42); permutation(5) followed by choice(5, 7). */
    @Test
    void samplingBeyondTheRowsDrawsAgainWithReplacement() {
        assertArrayEquals(new int[] {1, 4, 2, 0, 3, 4, 4, 1, 2, 2, 2, 4}, new LegacyNumpyRandom(42).sample(5, 12));
    }

    @Test
    void seedsAboveThirtyTwoBitsCountWholeForNumpyAndInTheirLowBitsForTorch() {
        long seed = (1L << 40) + 5;
        assertArrayEquals(new int[] {1, 4, 9, 6, 3, 5, 0, 2, 8, 7}, TorchPermutation.of(10, seed));
        assertArrayEquals(new int[] {8, 1, 2, 5, 3, 0, 9, 7, 4, 6}, NumpyPermutation.of(10, seed));
    }

    @Test
    void ordersOfNothingAndOneAreTrivial() {
        assertArrayEquals(new int[0], TorchPermutation.of(0, 1));
        assertArrayEquals(new int[] {0}, TorchPermutation.of(1, 1));
        assertArrayEquals(new int[0], NumpyPermutation.of(0, 1));
        assertArrayEquals(new int[] {0}, NumpyPermutation.of(1, 1));
    }
}
