package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.adapters.freeze.FreezeTuning;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Freeze;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings name modules as each family's own checkpoints do. */
@NoTensorLeak
class FamilyNamesTest {
    @TempDir
    Path temporary;

    private static Decoder load(String name) {
        return GoldenDecoder.named(name).load(ComputePolicy.FP32, new FusedAttention());
    }

    private static List<String> list(String names) {
        return names == null ? List.of() : Arrays.asList(names.split(";"));
    }

    private static Set<String> trainable(Decoder decoder) {
        return decoder.parameters().trainable().stream()
                .map(Parameter::name)
                .filter(name -> !name.contains(".lora_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, wte, transformer.wte.weight, wte",
        "gpt2, lm_head, transformer.wte.weight, wte",
        "gpt_neox, embed_in;embed_out, gpt_neox.embed_in.weight;embed_out.weight, embed_in;embed_out",
        "gpt_neox, embed_out, embed_out.weight, embed_out",
        "internlm2, tok_embeddings;output, model.tok_embeddings.weight;output.weight, tok_embeddings;output",
        "chatglm, word_embeddings, transformer.embedding.word_embeddings.weight, word_embeddings",
        "chatglm, output_layer, transformer.output_layer.weight, output_layer",
    })
    void tablesTrainWholeUnderTheirOwnNames(String name, String wished, String trained, String written)
            throws Exception {
        TuningRequest request = TuningRequest.of("tiny", 3)
                .with(new Lora(2, 4, 0, List.of("all"), false))
                .withAdditionalTarget(list(wished));
        try (Scope scope = Scope.open("test");
                Decoder decoder = load(name);
                Decoder again = load(name)) {
            var adapter = new LoraTuning().install(decoder, request);
            assertEquals(new TreeSet<>(list(trained)), trainable(decoder));
            adapter.save(temporary);
            JsonNode config = new ObjectMapper().readTree(Files.readString(temporary.resolve("adapter_config.json")));
            List<String> saved = new ArrayList<>();
            config.get("modules_to_save").forEach(module -> saved.add(module.asText()));
            assertEquals(list(written), saved);
            new LoraTuning().install(again, request.withAdapters(List.of(temporary), false));
            assertEquals(trainable(decoder), trainable(again));
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2, wte", "gpt_neox, embed_out", "internlm2, tok_embeddings", "chatglm, output_layer"})
    void aTableAmongTheTargetsIsSentToTheOtherSetting(String name, String table) {
        TuningRequest request = TuningRequest.of("tiny", 3).with(new Lora(2, 4, 0, List.of(table), false));
        try (Decoder decoder = load(name)) {
            ConfigException e = assertThrows(ConfigException.class, () -> new LoraTuning().install(decoder, request));
            assertTrue(e.getMessage().contains("additional_target"), e.getMessage());
        }
    }

    @Test
    void aTableOfAnotherLengthIsSaidToBeOne() throws Exception {
        TuningRequest request = TuningRequest.of("tiny", 3)
                .with(new Lora(2, 4, 0, List.of("dense"), false))
                .withAdditionalTarget(List.of("embed_in"));
        try (Scope scope = Scope.open("test");
                Decoder decoder = load("gpt_neox");
                Decoder again = load("gpt_neox")) {
            new LoraTuning().install(decoder, request).save(temporary);
            shorten(temporary.resolve("adapter_model.safetensors"), "embed_in");
            WeightException e = assertThrows(
                    WeightException.class,
                    () -> new LoraTuning().install(again, request.withAdapters(List.of(temporary), false)));
            assertTrue(e.getMessage().contains("another number of embedding rows"), e.getMessage());
        }
    }

    private static void shorten(Path file, String table) throws Exception {
        Path other = file.resolveSibling("other.safetensors");
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            List<Item> items = new ArrayList<>();
            for (String name : source.entries().keySet()) {
                var tensor = source.read(name);
                items.add(Item.of(name, name.contains(table) ? tensor.narrow(0, 0, 5) : tensor));
            }
            new SafetensorsWriter(Disk.DEFAULT).write(other, items);
        }
        Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, 1, all, , transformer.h.1.",
        "gpt2, -1, attn;ln_2, wte, transformer.h.0.attn.;transformer.h.0.ln_2.;transformer.wte.",
        "gpt2, 1, mlp, lm_head, transformer.h.1.mlp.;transformer.wte.",
        "falcon7, 1, self_attention, , transformer.h.1.self_attention.",
        "falcon7, -1, mlp, ln_f, transformer.h.0.mlp.;transformer.ln_f.",
        "internlm2, 1, attention, output, model.layers.1.attention.;output.",
        "internlm2, -1, feed_forward, tok_embeddings, model.layers.0.feed_forward.;model.tok_embeddings.",
    })
    void layersFreezeUnderTheirOwnNames(String name, int layers, String modules, String extra, String expected) {
        TuningRequest request = TuningRequest.of("tiny", 3).with(new Freeze(layers, list(modules), list(extra)));
        try (Scope scope = Scope.open("test");
                Decoder decoder = load(name)) {
            new FreezeTuning().install(decoder, request);
            Set<String> named = decoder.parameters().all().stream()
                    .map(Parameter::name)
                    .filter(parameter -> list(expected).stream().anyMatch(parameter::startsWith))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertTrue(!named.isEmpty());
            assertEquals(named, trainable(decoder));
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2, attention, attn", "falcon7, attn, self_attention", "internlm2, mlp, feed_forward"})
    void aModuleOfAnotherFamilyIsRefusedWithThisOnes(String name, String wrong, String right) {
        TuningRequest request = TuningRequest.of("tiny", 3).with(new Freeze(1, List.of(wrong), List.of()));
        try (Decoder decoder = load(name)) {
            ConfigException e = assertThrows(ConfigException.class, () -> new FreezeTuning().install(decoder, request));
            assertTrue(e.getMessage().contains(right), e.getMessage());
        }
    }
}
