package dev.finetune4j.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.RawSafetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single files, shards, and what an index can get wrong. */
@NoTensorLeak
class WeightFolderTest {
    @TempDir
    Path folder;

    private void shard(String file, String tensor, float value) {
        RawSafetensors.write(
                folder.resolve(file), RawSafetensors.header(tensor, "F32", "[1]", 0, 4), RawSafetensors.floats(value));
    }

    private void index(String json) throws Exception {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private String refusal() {
        return assertThrows(
                        WeightException.class, () -> WeightFolder.open(folder).close())
                .getMessage();
    }

    @Test
    void shardsAreOneSource() throws Exception {
        shard("one.safetensors", "a", 1);
        shard("two.safetensors", "b", 2);
        index("{\"metadata\":{\"total_size\":8},\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
        try (Scope scope = Scope.open("test");
                WeightFolder source = WeightFolder.open(folder)) {
            assertEquals(java.util.Set.of("a", "b"), source.entries().keySet());
            assertArrayEquals(new float[] {2}, Torch.toFloats(source.read("b")));
            assertThrows(WeightException.class, () -> source.read("c"));
        }
    }

    @Test
    void singleFileIsASource() {
        shard("model.safetensors", "a", 3);
        try (Scope scope = Scope.open("test");
                WeightFolder source = WeightFolder.open(folder)) {
            assertArrayEquals(new float[] {3}, Torch.toFloats(source.read("a")));
        }
    }

    @Test
    void folderWithoutWeightsIsRefused() {
        assertTrue(refusal().contains("holds no weights"));
    }

    @Test
    void shardsWithoutAnIndexAreNamed() {
        shard("model-00001-of-00002.safetensors", "a", 1);
        String message = refusal();
        assertTrue(message.contains("It has model-00001-of-00002.safetensors"), message);
        assertTrue(message.contains("shards need their index"), message);
    }

    @Test
    void allMissingShardsAreNamed() throws Exception {
        shard("one.safetensors", "a", 1);
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\",\"c\":\"three.safetensors\"}}");
        String message = refusal();
        assertTrue(message.contains("2 of 3"), message);
        assertTrue(message.contains("two.safetensors, three.safetensors"), message);
    }

    @Test
    void shardThatLacksATensorOfTheIndexIsRefused() throws Exception {
        shard("one.safetensors", "a", 1);
        shard("two.safetensors", "b", 2);
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"c\":\"two.safetensors\"}}");
        String message = refusal();
        assertTrue(message.contains("puts c into") && message.contains("two.safetensors"), message);
    }

    @Test
    void shardWithoutTensorsThatTheIndexCountsOnIsRefused() throws Exception {
        RawSafetensors.write(folder.resolve("one.safetensors"), "{}", new byte[0]);
        index("{\"weight_map\":{\"a\":\"one.safetensors\"}}");
        assertTrue(refusal().contains("puts a into"));
    }

    @Test
    void tensorThatTwoShardsHoldIsRefused() throws Exception {
        shard("one.safetensors", "a", 1);
        RawSafetensors.write(
                folder.resolve("two.safetensors"),
                "{" + RawSafetensors.entry("a", "F32", "[1]", 0, 4) + ","
                        + RawSafetensors.entry("b", "F32", "[1]", 4, 8) + "}",
                RawSafetensors.floats(7, 8));
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
        String message = refusal();
        assertTrue(
                message.contains("a") && message.contains("one.safetensors") && message.contains("two.safetensors"),
                message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside.safetensors",
                "sub/../../outside.safetensors",
                "/outside.safetensors",
                "..",
                "",
                "a\\u0000b.safetensors"
            })
    void shardOutsideTheFolderIsRefused(String shard) throws Exception {
        index("{\"weight_map\":{\"a\":\"" + shard + "\"}}");
        String message = refusal();
        assertTrue(message.contains("shard") && message.contains("index.json"), message);
    }

    @Test
    void shardWithTwoDotsInItsNameIsAShard() throws Exception {
        shard("model..safetensors", "a", 4);
        index("{\"weight_map\":{\"a\":\"model..safetensors\"}}");
        try (Scope scope = Scope.open("test");
                WeightFolder source = WeightFolder.open(folder)) {
            assertArrayEquals(new float[] {4}, Torch.toFloats(source.read("a")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":5}}"})
    void indexThatIsNoIndexIsRefused(String text) throws Exception {
        index(text);
        assertTrue(refusal().contains("index.json"));
    }

    @Test
    void damagedShardIsRefusedAndTheOthersAreClosed() throws Exception {
        shard("one.safetensors", "a", 1);
        Files.write(folder.resolve("two.safetensors"), new byte[] {1, 2, 3});
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
        assertTrue(refusal().contains("two.safetensors"));
    }
}
