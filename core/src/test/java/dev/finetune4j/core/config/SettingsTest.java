package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.error.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @Test
    void everyKeyOfAFileKnowsItsLine() {
        Settings settings = new Settings().yaml("# head\nstage: sft\n\nlora_rank: 16\n", "train.yaml");
        assertEquals("train.yaml:2", settings.find("stage").orElseThrow().origin());
        assertEquals("train.yaml:4", settings.find("lora_rank").orElseThrow().origin());
        Settings json = new Settings().json("{\n  \"stage\": \"sft\",\n  \"lora_rank\": 16\n}", "train.json");
        assertEquals("train.json:3", json.find("lora_rank").orElseThrow().origin());
    }

    @Test
    void whatIsGivenLaterWins() {
        Settings settings = new Settings()
                .yaml("seed: 1\nlora_rank: 4", "a.yaml")
                .set("seed", 2)
                .override("seed=3")
                .override("lora_rank=");
        assertEquals("3", settings.find("seed").orElseThrow().shown());
        assertEquals(Settings.COMMAND_LINE, settings.find("seed").orElseThrow().origin());
        assertTrue(settings.find("lora_rank").orElseThrow().isAbsent());
    }

    @Test
    void draftsMergeWithTheirOrigins() {
        Settings file = new Settings().yaml("seed: 1\nstage: pt", "a.yaml");
        Settings merged = new Settings().set("seed", 7).merge(file);
        assertEquals("a.yaml:1", merged.find("seed").orElseThrow().origin());
        assertEquals("pt", merged.find("stage").orElseThrow().shown());
    }

    @Test
    void dottedOverridesReachIntoMaps() {
        Settings settings = new Settings()
                .yaml("lr_scheduler_kwargs: {power: 2.0, lr_end: 0.1}", "a.yaml")
                .override("lr_scheduler_kwargs.lr_end=1e-5");
        assertEquals(
                "{power: 2.0, lr_end: 1.0E-5}",
                settings.find("lr_scheduler_kwargs").orElseThrow().shown());
        settings.set("lr_scheduler_kwargs", "{\"power\": 3}").override("lr_scheduler_kwargs.lr_end=0.5");
        assertEquals(
                "{power: 3, lr_end: 0.5}",
                settings.find("lr_scheduler_kwargs").orElseThrow().shown());
    }

    @Test
    void overridesAreOneLineOfYaml() {
        Settings settings = new Settings().overrides(List.of("dataset=[a, b]", "template=a=b", "do_train=True"));
        assertEquals("[a, b]", settings.find("dataset").orElseThrow().shown());
        assertEquals("\"a=b\"", settings.find("template").orElseThrow().shown());
        assertEquals("true", settings.find("do_train").orElseThrow().shown());
    }

    @Test
    void anOverrideWithoutAValueIsRefused() {
        for (String text : List.of("lora_rank", "=8", "a..b=1", ".a=1")) {
            ConfigException e = assertThrows(ConfigException.class, () -> new Settings().override(text), text);
            assertTrue(e.getMessage().contains("\"" + text + "\" (command line) is not of the form key=value"));
        }
    }

    @Test
    void builderValuesBecomeWhatAFileWouldGive() {
        Settings settings = new Settings()
                .set("output_dir", Path.of("out/run"))
                .set("dataset", List.of("a", "b"))
                .set("activations", Activations.KEEP)
                .set("lr_scheduler_kwargs", Map.of("power", 2));
        assertEquals(
                "output_dir: out/run\ndataset: [a, b]\nactivations: keep\nlr_scheduler_kwargs: {power: 2}\n",
                settings.print());
    }

    @Test
    void brokenYamlNamesFileAndLine() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> new Settings().yaml("stage: sft\ndataset: [a, b\nseed: 1\n", "bad.yaml"));
        assertTrue(e.getMessage().startsWith("bad.yaml:"), e.getMessage());
        assertTrue(e.getMessage().contains("is not well-formed"), e.getMessage());
        assertEquals(1, e.problems().size());
    }

    @Test
    void brokenJsonNamesFileAndLine() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> new Settings().json("{\n \"stage\": \"sft\"\n \"seed\": 1}", "bad.json"));
        assertTrue(e.getMessage().startsWith("bad.json:3 is not well-formed"), e.getMessage());
    }

    @Test
    void aKeyGivenTwiceInAFileIsRefused() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> new Settings().yaml("seed: 1\nstage: sft\nseed: 2\n", "twice.yaml"));
        assertEquals("twice.yaml:3 gives \"seed\" a second time (first in line 1).", e.getMessage());
        assertThrows(ConfigException.class, () -> new Settings().yaml("m: {a: 1, a: 2}", "inner.yaml"));
        assertThrows(ConfigException.class, () -> new Settings().json("{\"a\": 1, \"a\": 2}", "twice.json"));
    }

    @Test
    void filesThatAreNotOneMapAreRefused() {
        assertThrows(ConfigException.class, () -> new Settings().yaml("- a\n- b\n", "list.yaml"));
        assertThrows(ConfigException.class, () -> new Settings().yaml("just text", "text.yaml"));
        assertThrows(ConfigException.class, () -> new Settings().yaml("a: 1\n---\nb: 2\n", "two.yaml"));
        assertTrue(new Settings().yaml("", "empty.yaml").all().isEmpty());
        assertTrue(new Settings()
                .yaml("seed:\n", "null.yaml")
                .find("seed")
                .orElseThrow()
                .isAbsent());
        assertTrue(new Settings().yaml("# nothing\n", "comment.yaml").all().isEmpty());
    }

    @Test
    void aliasesAreRefusedRatherThanMisread() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> new Settings().yaml("seed: &s 1\ndata_seed: *s\n", "alias.yaml"));
        assertTrue(e.getMessage().startsWith("alias.yaml:2 uses the YAML alias *s"), e.getMessage());
    }

    @Test
    void filesAreReadByTheirEnding(@TempDir Path folder) throws IOException {
        Path yaml = Files.writeString(folder.resolve("a.yml"), "save_strategy: no\n");
        Path json = Files.writeString(folder.resolve("b.JSON"), "{\"seed\": 7}");
        Settings settings = new Settings().file(yaml).file(json);
        assertEquals("\"no\"", settings.find("save_strategy").orElseThrow().shown());
        assertEquals(json + ":1", settings.find("seed").orElseThrow().origin());
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        Path missing = folder.resolve("none.yaml");
        ConfigException e = assertThrows(ConfigException.class, () -> new Settings().file(missing));
        assertEquals("The settings file " + missing + " does not exist.", e.getMessage());
    }

    @Test
    void secretsAreMasked() {
        Settings settings = new Settings()
                .set("hf_hub_token", "hf_abc")
                .set("swanlab_api_key", "k")
                .set("seed", 1);
        String printed = settings.print();
        assertTrue(printed.contains("<HF_HUB_TOKEN>") && printed.contains("<SWANLAB_API_KEY>"), printed);
        assertFalse(printed.contains("hf_abc"));
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(settings));
        assertFalse(e.getMessage().contains("hf_abc"), e.getMessage());
        assertFalse(e.problems().toString().contains("hf_abc"));
    }
}
