package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Printing a draft and reading it again gives the same settings, whatever they hold. */
class SettingsPropertyTest {
    private static final String[] WORDS = {
        "yes",
        "No",
        "null",
        "~",
        "",
        "1e-4",
        "0x1F",
        "true",
        "a: b",
        "- x",
        "#c",
        "'",
        "\"",
        "\\",
        "a\nb",
        " pad ",
        "{",
        "[",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "\u00e9",
        "\u4f60\u597d",
        "\ud83d\ude00",
        "\u0000",
        "\u007f",
        "\u2028",
        "\ufeff",
        "\u0085",
        "1_000",
        "12:30:45",
        ".5",
        "-",
        "---",
        "...",
        "=",
        "<<",
        "2020-01-01",
        "0o17",
        "\ud800"
    };

    @Test
    void printingAndReadingIsIdentity() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Settings settings = new Settings();
            for (int i = 0; i < 8; i++) {
                settings.set("key" + i + (random.nextInt(4) == 0 ? word(random) : ""), value(random, 2));
            }
            Settings again = new Settings().yaml(settings.print(), "printed");
            assertEquals(values(settings), values(again), "seed " + seed + "\n" + settings.print());
        }
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30);
            case 3 -> word(random);
            case 4 -> word(random) + word(random);
            case 5 -> random.nextInt(3) == 0 ? null : Double.valueOf(random.nextInt(100));
            case 6 -> list(random, depth);
            default -> map(random, depth);
        };
    }

    private static List<Object> list(Random random, int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(random, depth - 1));
        }
        return list;
    }

    private static Map<String, Object> map(Random random, int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put("k" + i + word(random), value(random, depth - 1));
        }
        return map;
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private static Map<String, JsonNode> values(Settings settings) {
        return settings.all().stream()
                .collect(Collectors.toMap(Setting::key, Setting::value, (a, b) -> b, LinkedHashMap::new));
    }
}
