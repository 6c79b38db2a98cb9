package dev.finetune4j.core.model.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.model.build.DecoderBuilder;
import dev.finetune4j.core.plugin.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random changes to good configs of every family end in a {@link FineTuneException} or in a model that can be described,
 * whatever a value is replaced by.
 */
class ConfigFuzzTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 3000;
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
        for (Architecture architecture : Plugins.all(Architecture.class)) {
            List<ObjectNode> good = goodConfigs(architecture.name());
            for (int seed = 0; seed < ROUNDS; seed++) {
                Random random = new Random(31L * seed + architecture.name().hashCode());
                ObjectNode config = good.get(seed % good.size()).deepCopy();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    change(config, random);
                }
                config.put("model_type", architecture.name());
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

    /** The golden config of the family in both generations, where there is one, and one that fits most families. */
    private static List<ObjectNode> goodConfigs(String family) throws IOException {
        List<ObjectNode> configs = new ArrayList<>();
        for (String file : List.of("config.json", "config_old.json")) {
            try (InputStream in = ConfigFuzzTest.class.getResourceAsStream("/golden/decoder/" + family + "/" + file)) {
                if (in != null && JSON.readTree(in) instanceof ObjectNode config) {
                    configs.add(config);
                }
            }
        }
        if (configs.isEmpty()) {
            configs.add((ObjectNode) JSON.readTree("{\"hidden_size\":64,\"intermediate_size\":96,"
                    + "\"num_hidden_layers\":2,\"num_attention_heads\":4,\"num_key_value_heads\":2,\"vocab_size\":100,"
                    + "\"max_position_embeddings\":128,\"rms_norm_eps\":1e-6,\"rope_theta\":10000,"
                    + "\"tie_word_embeddings\":true,\"sliding_window\":8,\"rope_scaling\":null}"));
        }
        return configs;
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
            DecoderBuilder.shapes(read);
            return false;
        } catch (FineTuneException e) {
            return true;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ": " + config, e);
        }
    }
}
