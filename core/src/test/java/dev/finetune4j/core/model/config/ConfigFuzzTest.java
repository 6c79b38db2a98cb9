package dev.finetune4j.core.model.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.model.build.ModelShapes;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.testing.GoldenDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random changes to good configs of every family end in a {@link FineTuneException} or in a model that can be described,
 * whatever a value is replaced by.
 */
class ConfigFuzzTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 60;
    private static final String[] VALUES = {
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "2",
        "3",
        "7",
        "64",
        "65536",
        "2147483647",
        "2147483648",
        "-2147483648",
        "9223372036854775807",
        "99999999999999999999",
        "1e400",
        "-1e-300",
        "0.5",
        "1.5",
        "\"\"",
        "\"silu\"",
        "\"gelu\"",
        "\"yarn\"",
        "\"5\"",
        "[]",
        "[1]",
        "[null]",
        "[\"full_attention\"]",
        "[[1,2],[3]]",
        "{}",
        "{\"factor\":2}",
        "{\"rope_type\":\"yarn\",\"factor\":-1}",
        "{\"type\":\"llama3\"}",
        "{\"rope_type\":{}}"
    };

    @Test
    void damagedConfigsAreRefusedOrDescribeAModel() throws IOException {
        long start = cpuTime();
        int refused = 0;
        int all = 0;
        Map<String, List<ObjectNode>> golden = goldenConfigs();
        for (Architecture architecture : Plugins.all(Architecture.class)) {
            String family = architecture.name();
            List<ObjectNode> good = golden.getOrDefault(family, List.of(plainConfig()));
            for (int seed = 0; seed < ROUNDS * good.size(); seed++) {
                Random random = new Random(31L * seed + family.hashCode());
                ObjectNode config = good.get(seed % good.size()).deepCopy();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    change(config, random);
                }
                config.put("model_type", family);
                all++;
                refused += refuses(config, seed) ? 1 : 0;
            }
        }
        assertTrue(refused > all / 10 && refused < all, refused + " of " + all + " damaged configs refused");
        assertTrue(cpuTime() - start < Duration.ofSeconds(120).toNanos(), "too slow");
    }

    /** Time that this thread worked: other work on the machine must not fail the test. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** The configs of all golden decoders in both generations, by family. */
    private static Map<String, List<ObjectNode>> goldenConfigs() throws IOException {
        Map<String, List<ObjectNode>> configs = new HashMap<>();
        for (String name : GoldenDecoder.ALL) {
            for (String file : List.of("config.json", "config_old.json")) {
                String resource = "/golden/decoder/" + name + "/" + file;
                try (InputStream in = ConfigFuzzTest.class.getResourceAsStream(resource)) {
                    if (in != null && JSON.readTree(in) instanceof ObjectNode config) {
                        String family = config.path("model_type").asText();
                        configs.computeIfAbsent(family, k -> new ArrayList<>()).add(config);
                    }
                }
            }
        }
        assertTrue(configs.size() > 3, "golden configs of " + configs.keySet());
        return configs;
    }

    /** One that fits most families. */
    private static ObjectNode plainConfig() throws IOException {
        return (ObjectNode) JSON.readTree("{\"hidden_size\":64,\"intermediate_size\":96,"
                + "\"num_hidden_layers\":2,\"num_attention_heads\":4,\"num_key_value_heads\":2,\"vocab_size\":100,"
                + "\"max_position_embeddings\":128,\"rms_norm_eps\":1e-6,\"rope_theta\":10000,"
                + "\"tie_word_embeddings\":true,\"sliding_window\":8,\"rope_scaling\":null}");
    }

    private static void change(ObjectNode config, Random random) throws IOException {
        List<JsonNode> containers = new ArrayList<>();
        collect(config, containers);
        JsonNode target = containers.get(random.nextInt(containers.size()));
        if (target instanceof ArrayNode array) {
            if (array.size() > 0) {
                array.set(random.nextInt(array.size()), value(random));
            }
            return;
        }
        ObjectNode object = (ObjectNode) target;
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        if (keys.isEmpty()) {
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        if (random.nextInt(5) == 0) {
            object.remove(key);
        } else {
            object.set(key, value(random));
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static JsonNode value(Random random) throws IOException {
        return random.nextInt(6) == 0
                ? JsonNodeFactory.instance.numberNode(random.nextInt())
                : JSON.readTree(VALUES[random.nextInt(VALUES.length)]);
    }

    private static boolean refuses(ObjectNode config, int seed) {
        try {
            ModelConfig read = new ConfigFile("config.json", config).read();
            ModelShapes.of(read).all();
            return false;
        } catch (FineTuneException e) {
            return true;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ": " + config, e);
        }
    }
}
