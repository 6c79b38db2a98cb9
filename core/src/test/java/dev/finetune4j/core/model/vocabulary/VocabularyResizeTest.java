package dev.finetune4j.core.model.vocabulary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Normals;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VocabularyResizeTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";
    private static final int STORED = 90;
    private static final int WIDTH = 256;
    private static final ModelConfig OWN_HEAD = config("llama");
    private static final ModelConfig TIED = config("qwen2");

    private final Scope scope = Scope.open("test");
    private final ParameterStore store = new ParameterStore();

    private static ModelConfig config(String golden) {
        return ConfigFile.open(GoldenDecoder.named(golden).folder()).read();
    }

    @AfterEach
    void close() {
        store.close();
        scope.close();
    }

    /** A table whose first rows are a checkpoint's and whose others are unset. */
    private Tensor table(String name, int rows, DType dtype) {
        Tensor value = Torch.empty(dtype, Device.CPU, rows, WIDTH).fill_(Torch.scalar(Double.NaN));
        value.narrow(0, 0, STORED)
                .copy_(new Normals(5).draw(name, 0.3, STORED, WIDTH).add_(Torch.scalar(0.5)));
        return store.add(new Parameter(name, value)).value();
    }

    private static Tensor mean(Tensor table, int rows) {
        return Torch.to(table.narrow(0, 0, rows), DType.FLOAT64).mean(0);
    }

    private static Tensor row(Tensor table, int id) {
        return Torch.to(table.select(0, id), DType.FLOAT64);
    }

    private static double deviation(Tensor values) {
        return values.std().item_double();
    }

    @Test
    void rowsGrowToTheNextMultipleOfSixtyFourAndOnlyIfTheyMust() {
        assertEquals(90, VocabularyResize.rowsFor(90, 90));
        assertEquals(90, VocabularyResize.rowsFor(12, 90));
        assertEquals(128, VocabularyResize.rowsFor(91, 90));
        assertEquals(128, VocabularyResize.rowsFor(128, 100));
        assertEquals(192, VocabularyResize.rowsFor(129, 128));
    }

    @Test
    void aNewTokenStartsWithTheMeanAndNoise() {
        Tensor embedding = table(EMBEDDING, 128, DType.FLOAT32);
        Tensor head = table(HEAD, 128, DType.FLOAT32);
        Tensor before = embedding.narrow(0, 0, STORED).clone();
        List<NewToken> tokens = List.of(NewToken.noisy("<a>", 90), NewToken.noisy("<b>", 91));
        new VocabularyResize(STORED, 128, tokens, 1).fill(OWN_HEAD, store);
        Tolerance.assertSame("rows of the checkpoint", before, embedding.narrow(0, 0, STORED));
        for (Tensor table : List.of(embedding, head)) {
            for (int id : new int[] {90, 91}) {
                Tensor noise = row(table, id).sub(mean(table, STORED));
                assertEquals(1 / Math.sqrt(WIDTH), deviation(noise), 0.01);
                assertEquals(0, noise.mean().item_double(), 0.02);
            }
            assertFalse(row(table, 90).equal(row(table, 91)));
            assertEquals(0.02, deviation(table.narrow(0, 92, 36)), 0.002, "rows of no token");
        }
        assertFalse(row(embedding, 90).equal(row(head, 90)));
    }

    @Test
    void aNewTokenMayFallIntoARowOfTheCheckpoint() {
        Tensor embedding = table(EMBEDDING, STORED, DType.FLOAT32);
        store.tie(HEAD, EMBEDDING);
        Tensor before = embedding.clone();
        embedding.select(0, 88).fill_(Torch.scalar(1e6));
        new VocabularyResize(STORED, STORED, List.of(new NewToken("<a>", 88, List.of(), false)), 1).fill(TIED, store);
        Tensor others =
                mean(before, 88).mul(Torch.scalar(88)).add(row(before, 89)).div(Torch.scalar(89));
        Tolerance.assertClose("mean of the others", others, row(embedding, 88), 1e-6);
        Tolerance.assertSame("rows before", before.narrow(0, 0, 88), embedding.narrow(0, 0, 88));
        Tolerance.assertSame("row behind", before.select(0, 89), embedding.select(0, 89));
    }

    @Test
    void aDescribedTokenStartsWithTheMeanOfItsWords() {
        Tensor embedding = table(EMBEDDING, 128, DType.FLOAT32);
        Tensor head = table(HEAD, 128, DType.FLOAT32);
        List<NewToken> tokens = List.of(
                new NewToken("<a>", 90, List.of(3, 7, 3), false),
                new NewToken("<b>", 91, List.of(3, 7), true),
                new NewToken("<c>", 92, List.of(), false));
        new VocabularyResize(STORED, 128, tokens, 1).fill(OWN_HEAD, store);
        Tensor words =
                row(embedding, 3).mul(Torch.scalar(2)).add(row(embedding, 7)).div(Torch.scalar(3));
        Tolerance.assertClose("description", words, row(embedding, 90), 1e-6);
        Tolerance.assertClose("the head reads the embedding", words, row(head, 90), 1e-6);
        Tensor noise =
                row(embedding, 91).sub(row(embedding, 3).add(row(embedding, 7)).div(Torch.scalar(2)));
        assertEquals(1 / Math.sqrt(WIDTH), deviation(noise), 0.01);
        Tolerance.assertClose("a table's own mean", mean(head, STORED), row(head, 92), 1e-6);
    }

    @Test
    void drawsDependOnSeedAndTokenButNotOnItsPlace() {
        Tensor embedding = table(EMBEDDING, 128, DType.FLOAT32);
        store.tie(HEAD, EMBEDDING);
        List<NewToken> tokens = List.of(NewToken.noisy("<a>", 90), NewToken.noisy("<b>", 91));
        new VocabularyResize(STORED, 128, tokens, 1).fill(TIED, store);
        Tensor first = row(embedding, 91);
        new VocabularyResize(STORED, 128, List.of(NewToken.noisy("<b>", 100)), 1).fill(TIED, store);
        Tolerance.assertSame("same token", first, row(embedding, 100));
        new VocabularyResize(STORED, 128, List.of(NewToken.noisy("<b>", 100)), 2).fill(TIED, store);
        assertFalse(first.equal(row(embedding, 100)), "other seed");
    }

    @Test
    void halfPrecisionRoundsOnce() {
        Tensor embedding = table(EMBEDDING, 128, DType.BFLOAT16);
        store.tie(HEAD, EMBEDDING);
        new VocabularyResize(STORED, 128, List.of(new NewToken("<a>", 90, List.of(), false)), 1).fill(TIED, store);
        Tensor exact = Torch.to(mean(embedding, STORED), DType.BFLOAT16);
        Tolerance.assertSame("mean", exact, embedding.select(0, 90));
    }

    @Test
    void aBiasOfTheHeadGrowsToo() {
        table(EMBEDDING, 128, DType.FLOAT32);
        table(HEAD, 128, DType.FLOAT32);
        Tensor bias = Torch.empty(DType.FLOAT32, Device.CPU, 128).fill_(Torch.scalar(2));
        store.add(new Parameter("lm_head.bias", bias));
        new VocabularyResize(STORED, 128, List.of(NewToken.noisy("<a>", 90)), 1).fill(OWN_HEAD, store);
        float[] values = Torch.toFloats(bias);
        assertArrayEquals(new float[] {2, 2, 0, 0}, new float[] {values[89], values[90], values[91], values[127]});
    }

    @Test
    void onlyTablesAreSmallerInTheCheckpoint() {
        VocabularyResize resize = new VocabularyResize(STORED, 128, List.of(), 1);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new long[] {128, WIDTH});
        shapes.put("model.norm.weight", new long[] {128});
        shapes.put(HEAD, new long[] {128, WIDTH});
        Map<String, long[]> stored = resize.stored(OWN_HEAD, shapes);
        assertArrayEquals(new long[] {STORED, WIDTH}, stored.get(EMBEDDING));
        assertArrayEquals(new long[] {128}, stored.get("model.norm.weight"));
        assertArrayEquals(new long[] {STORED, WIDTH}, stored.get(HEAD));
        assertEquals(128, shapes.get(HEAD)[0], "the model's own shapes stay");
    }

    @Test
    void theConfigSaysTheNewNumberOfRows() {
        ConfigFile file = ConfigFile.open(GoldenDecoder.named("llama").folder());
        ConfigFile grown = VocabularyResize.withRows(file, "config.json", 192);
        assertEquals(192, grown.read().sizes().vocabulary());
        assertEquals(192, grown.read().raw().path("vocab_size").intValue());
        assertEquals(96, file.read().sizes().vocabulary());
    }

    @Test
    void aTokenWithoutARowIsRefused() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> new VocabularyResize(90, 90, List.of(NewToken.noisy("<a>", 90)), 1))
                .getMessage()
                .contains("90 rows"));
    }
}
