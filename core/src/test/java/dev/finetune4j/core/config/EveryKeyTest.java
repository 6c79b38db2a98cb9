package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bound key reaches its record, and what the records hold can be printed and read again. */
class EveryKeyTest {
    private static final Settings OTHERS =
            new Settings().yaml(TestResources.text("other-values.yaml"), "other-values.yaml");

    /** Keys with one value only so far. */
    private static final Set<String> SINGLE = Set.of("report_to");

    /** What rules ask for beside a key. */
    private static final Map<String, String> BESIDE = Map.ofEntries(
            Map.entry("eval_on_each_dataset", "eval_dataset: e"),
            Map.entry("do_eval", "val_size: 0.1"),
            Map.entry("eval_strategy", "val_size: 0.1"),
            Map.entry("eval_on_start", "val_size: 0.1"),
            Map.entry("load_best_model_at_end", "val_size: 0.1\neval_strategy: steps\neval_steps: 5"),
            Map.entry("early_stopping_steps", "val_size: 0.1\neval_strategy: epoch\nmetric_for_best_model: loss"),
            Map.entry("create_new_adapter", "adapter_name_or_path: a"),
            Map.entry("adapter_folder", "adapter_name_or_path: a"),
            Map.entry("lr_scheduler_kwargs", "lr_scheduler_type: cosine"),
            Map.entry("interleave_probs", "mix_strategy: interleave_over\ndataset: d,e"),
            Map.entry("init_special_tokens", "new_special_tokens_config: tokens.yaml"),
            Map.entry("streaming", "max_steps: 7"));

    static List<String> keys() {
        return ArgumentsBinder.schema().keys().stream().map(BoundKey::name).toList();
    }

    private static Settings least(String key) {
        return new Settings()
                .yaml("model_name_or_path: m\ndataset: d", "least.yaml")
                .yaml(BESIDE.getOrDefault(key, ""), "beside.yaml");
    }

    @Test
    void everyKeyIsTried() {
        Set<String> tried = OTHERS.all().stream().map(Setting::key).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(keys()), tried);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void changingAKeyChangesTheArguments(String key) {
        FineTuneArguments before = ArgumentsBinder.bind(least(key));
        Setting other = OTHERS.find(key).orElseThrow();
        FineTuneArguments after = ArgumentsBinder.bind(least(key).set(key, other.value()));
        if (SINGLE.contains(key)) {
            assertEquals(before, after);
        } else {
            assertNotEquals(before, after, key);
        }
        assertEquals(after, ArgumentsBinder.bind(ArgumentsBinder.settingsOf(after)), key);
        String printed = ArgumentsBinder.settingsOf(after).print();
        if (other.isSecret()) {
            assertFalse(printed.contains(other.value().asText()), printed);
            assertFalse(after.toString().contains(other.value().asText()), "a token is never shown");
            return;
        }
        assertEquals(after, ArgumentsBinder.bind(new Settings().yaml(printed, "printed")), printed);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aListOfMapsFitsNoKey(String key) {
        Settings settings = least(key).set(key, List.of(Map.of("a", 1)));
        String message = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(settings))
                .getMessage();
        assertTrue(message.startsWith(key + " (builder) must be"), message);
    }
}
