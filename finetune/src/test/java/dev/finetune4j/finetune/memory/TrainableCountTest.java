package dev.finetune4j.finetune.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.config.finetuning.FinetuningArguments;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the plan counts is what the tuning methods make. */
class TrainableCountTest {
    static ModelConfig config(String family, boolean tied) {
        ObjectNode config = JsonNodeFactory.instance
                .objectNode()
                .put("model_type", family)
                .put("hidden_size", 32)
                .put("intermediate_size", 48)
                .put("num_hidden_layers", 3)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("head_dim", 8)
                .put("vocab_size", 60)
                .put("max_position_embeddings", 256)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("hidden_act", "silu")
                .put("tie_word_embeddings", tied);
        return new ConfigFile("config.json", config).read();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama | false | finetuning_type: full",
                "qwen2 | true | finetuning_type: full",
                "llama | false | finetuning_type: lora",
                "qwen3 | true | finetuning_type: lora; lora_rank: 3; lora_target: q_proj,down_proj",
                "llama | false | finetuning_type: lora; additional_target: embed_tokens,lm_head",
                "llama | true | finetuning_type: lora; additional_target: lm_head",
                "qwen2 | true | finetuning_type: lora; additional_target: embed_tokens",
                "llama | false | finetuning_type: lora; additional_target: model.norm",
                "qwen3 | false | finetuning_type: lora; additional_target: norm",
                "llama | false | finetuning_type: lora; lora_target: model.layers.2.self_attn.q_proj",
                "llama | false | finetuning_type: freeze; freeze_trainable_layers: 1",
                "qwen2 | false | finetuning_type: freeze; freeze_trainable_layers: -2; freeze_trainable_modules: mlp",
                "qwen3 | true | finetuning_type: freeze; freeze_trainable_layers: 1; freeze_extra_modules: embed_tokens",
                "llama | true | finetuning_type: freeze; freeze_trainable_layers: 1; freeze_extra_modules: lm_head",
                "llama | false | finetuning_type: freeze; freeze_trainable_layers: 9; freeze_extra_modules: norm",
            })
    void countsEqualWhatIsInstalled(String family, boolean tied, String settings) {
        compare(config(family, tied), ArgumentsBinder.bind(draft(settings)), settings);
    }

    /** Fused maps, experts apart and stacked beside routers that never train, norms with two dimensions. */
    @ParameterizedTest
    @MethodSource("families")
    void countsEqualWhatIsInstalledInEveryFamily(String name) {
        ModelConfig config = ConfigFile.open(GoldenDecoder.named(name).folder()).read();
        for (String settings : List.of(
                "finetuning_type: lora; lora_rank: 3",
                "finetuning_type: lora; additional_target: "
                        + last(config.names().head()) + ","
                        + last(config.names().attention().o()),
                "finetuning_type: full",
                "finetuning_type: freeze; freeze_trainable_layers: 1; freeze_extra_modules: "
                        + last(config.names().embedding()))) {
            compare(config, ArgumentsBinder.bind(draft(settings)), settings);
        }
    }

    static Stream<String> families() {
        return GoldenDecoder.ALL.stream();
    }

    private static String last(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    private static Settings draft(String settings) {
        Settings draft = new Settings()
                .set("model_name_or_path", "model")
                .set("dataset", "d")
                .set("output_dir", "out");
        draft.yaml(settings.replace("; ", "\n"), "test");
        return draft;
    }

    private static void compare(ModelConfig config, FineTuneArguments arguments, String settings) {
        TrainableCount count = TrainableCount.of(
                config, arguments, arguments.finetuning().adapter().additionalTarget());
        try (Decoder decoder =
                new DecoderLoader(config, ComputePolicy.FP32, AttentionKernels.named("fused"), Device.CPU).fresh(1)) {
            FinetuningArguments tuning = arguments.finetuning();
            String name = tuning.finetuningType().name().toLowerCase(Locale.ROOT);
            Plugins.named(TuningMethod.class, name).install(decoder, request(tuning));
            assertEquals(decoder.parameters().trainableElements(), count.parameters(), settings);
            assertEquals(lowest(decoder), count.lowestBlock(), settings);
        }
    }

    private static TuningRequest request(FinetuningArguments tuning) {
        return TuningRequest.of("model", 1)
                .with(new TuningRequest.Lora(
                        tuning.lora().loraRank(), 8, 0, tuning.lora().loraTarget(), false))
                .with(new TuningRequest.Freeze(
                        tuning.freeze().freezeTrainableLayers(),
                        tuning.freeze().freezeTrainableModules(),
                        tuning.freeze().freezeExtraModules()))
                .withAdditionalTarget(tuning.adapter().additionalTarget());
    }

    /** First block that a backward pass enters. */
    private static int lowest(Decoder decoder) {
        if (decoder.input().parameters().stream().anyMatch(Parameter::trainable)) {
            return 0;
        }
        List<Boolean> trains = decoder.blocks().stream().map(b -> b.trains()).toList();
        return trains.contains(true) ? trains.indexOf(true) : decoder.blocks().size();
    }
}
