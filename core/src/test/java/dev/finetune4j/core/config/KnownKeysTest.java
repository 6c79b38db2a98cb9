package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.KnownKey.Standing;
import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
    /** Defaults of LLaMA-Factory and of the Hugging Face trainer as texts, where they are recorded. */
    private static final Map<String, Optional<String>> HEAD = head();

    private static Map<String, Optional<String>> head() {
        Map<String, Optional<String>> keys = new TreeMap<>();
        TestResources.text("llamafactory-keys.txt")
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("=", 2))
                .forEach(parts -> keys.put(parts[0], parts.length == 1 ? Optional.empty() : Optional.of(parts[1])));
        return keys;
    }

    @Test
    void everyKeyOfLlamaFactoryIsBoundOrKnown() {
        List<String> missing = HEAD.keySet().stream()
                .filter(key -> ArgumentsBinder.schema().find(key).isEmpty())
                .filter(key -> KnownKeys.find(key).isEmpty())
                .filter(key -> !Aliases.all().containsKey(key))
                .toList();
        assertEquals(List.of(), missing);
        assertTrue(HEAD.size() > 370, HEAD.size() + " keys");
    }

    @Test
    void boundDefaultsAreThoseOfLlamaFactory() {
        // Deliberately another: no tracker is installed, training is what a run is for, and alpha 0 means unset there
        // too.
        List<String> ours = List.of("report_to", "do_train", "lora_alpha");
        for (BoundKey key : ArgumentsBinder.schema().keys()) {
            String head = HEAD.getOrDefault(key.name(), Optional.empty()).orElse(null);
            if (head != null && !ours.contains(key.name())) {
                boolean same = head.isEmpty() ? key.defaultText().isEmpty() : key.isDefault(node(head));
                assertTrue(same, key.name() + " has " + key.defaultText() + ", LLaMA-Factory has " + head);
            }
        }
    }

    @Test
    void knownDefaultsAreThoseOfLlamaFactory() {
        for (KnownKey key : KnownKeys.refused()) {
            HEAD.getOrDefault(key.key(), Optional.empty())
                    .ifPresent(head -> assertTrue(
                            key.accepts(node(head)), key.key() + " has " + key.defaultValue() + ", not " + head));
        }
    }

    @Test
    void noKeyIsBothBoundAndRefused() {
        for (KnownKey key : KnownKeys.all()) {
            assertTrue(ArgumentsBinder.schema().find(key.key()).isEmpty(), key.key());
        }
        Aliases.all().forEach((old, now) -> {
            assertTrue(KnownKeys.find(old).isEmpty(), old);
            assertTrue(ArgumentsBinder.schema().find(now).isPresent(), now);
        });
    }

    @Test
    void everyRefusedKeyIsAcceptedWithItsDefaultAndRefusedOtherwise() {
        for (KnownKey key : KnownKeys.refused()) {
            Settings least = new Settings().set("model_name_or_path", "m").set("dataset", "d");
            ArgumentsBinder.bind(least.set(key.key(), key.defaultValue().isNull() ? null : key.defaultValue()));
            ConfigException e = assertThrows(
                    ConfigException.class, () -> ArgumentsBinder.bind(least.set(key.key(), "another")), key.key());
            String expected =
                    key.standing() == Standing.DERIVED ? "cannot be set" : "known, not available yet: " + key.key();
            assertTrue(e.getMessage().contains(expected), e.getMessage());
        }
    }

    @Test
    void inertKeysAreAcceptedWithAReason() {
        List<KnownKey> inert = KnownKeys.all().stream()
                .filter(key -> key.standing() == Standing.INERT)
                .toList();
        assertFalse(inert.isEmpty());
        inert.forEach(key -> assertFalse(key.hint().isEmpty(), key.key()));
    }

    private static JsonNode node(String text) {
        return new Settings()
                .yaml("value: " + text, "head")
                .find("value")
                .orElseThrow()
                .value();
    }
}
