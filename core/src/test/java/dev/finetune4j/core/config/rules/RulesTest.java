package dev.finetune4j.core.config.rules;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.config.source.Document;
import dev.finetune4j.core.config.source.Document.Entry;
import dev.finetune4j.core.error.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RulesTest {
    private static Settings draft(String yaml) {
        return new Settings().yaml("model_name_or_path: m\ndataset: d\n" + yaml, "t.yaml");
    }

    /** Settings that break a rule, with the message that the user gets. */
    static Stream<Arguments> broken() throws IOException {
        try (InputStream in = Objects.requireNonNull(RulesTest.class.getResourceAsStream("broken.yaml"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Document.yaml(text, "broken.yaml").stream()
                    .map(Entry::value)
                    .map(rule -> Arguments.of(
                            rule.get("given").asText(), rule.get("message").asText()));
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenRuleNamesItsKeysAndWhereTheyWereGiven(String yaml, String message) {
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(draft(yaml)));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("kept")
    void whatRulesAllowBinds(String yaml) {
        assertDoesNotThrow(() -> ArgumentsBinder.bind(draft(yaml)));
    }

    static Stream<String> kept() {
        return Stream.of(
                "stage: pt\npacking: false",
                "packing: false\nneat_packing: true",
                "do_train: false\ndo_eval: true\neval_dataset: e",
                "load_best_model_at_end: true\neval_strategy: steps\neval_steps: 0.1\nsave_steps: 0.3\nval_size: 5",
                "load_best_model_at_end: true\neval_strategy: steps\nlogging_steps: 5\nsave_steps: 10\nval_size: 5",
                "early_stopping_steps: 1\nload_best_model_at_end: true\neval_strategy: epoch\nsave_strategy: epoch\n"
                        + "val_size: 0.1",
                "lr_scheduler_type: reduce_lr_on_plateau\neval_strategy: epoch\nval_size: 0.1\n"
                        + "lr_scheduler_kwargs: {mode: min, factor: 0.5}",
                "adapter_name_or_path: a,b\ncreate_new_adapter: true\nuse_rslora: true",
                "use_cpu: true\ndevice: auto");
    }

    @Test
    void modelAndDatasetAreRequired() {
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(new Settings()));
        assertEquals(
                List.of("model_name_or_path", "dataset"),
                e.problems().stream().map(ConfigException.Problem::key).toList());
        assertTrue(e.getMessage().contains("Name at least one training set of dataset_info.json."), e.getMessage());
    }

    @Test
    void rowsHeldBackForEvaluationAloneNeedADataset() {
        Settings settings = new Settings().yaml("model_name_or_path: m\ndo_eval: true\nval_size: 0.5\n", "t.yaml");
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(settings));
        assertEquals("val_size (t.yaml:3) holds back rows of dataset, which is missing.", e.getMessage());
    }
}
