package dev.finetune4j.finetune.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.Parameter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which dtypes weights are held, by the settings and in a loaded model. */
@NoTensorLeak
class HeldDTypesTest {
    @TempDir
    private Path folder;

    private static HeldDTypes held(String yaml) {
        return HeldDTypes.of(ArgumentsBinder.bind(
                new Settings().yaml("model_name_or_path: m\ndataset: d\neval_dataset: e\n" + yaml, "t.yaml")));
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.input_layernorm.weight, 1, FLOAT32",
        "model.layers.0.self_attn.q_norm.weight, 1, FLOAT32",
        "transformer.h.0.ln_1.bias, 1, FLOAT32",
        "model.layers.0.self_attn.q_proj.bias, 1, BFLOAT16",
        "model.layers.0.norm_proj.weight, 2, BFLOAT16"
    })
    void normsAreVectorsThatAreCalledSo(String name, int dimensions, DType expected) {
        HeldDTypes wide = held("upcast_layernorm: true");
        assertEquals(expected, wide.dtype(name, new long[dimensions], DType.BFLOAT16));
        assertEquals(DType.BFLOAT16, held("").dtype(name, new long[dimensions], DType.BFLOAT16));
    }

    @Test
    void onlyARunThatTrainsNothingReadsInferDtype() {
        assertEquals(DType.FLOAT32, held("infer_dtype: float16").most(DType.FLOAT32));
        HeldDTypes half = held("do_train: false\ndo_eval: true\ninfer_dtype: float16\nupcast_layernorm: true");
        assertEquals(DType.FLOAT16, half.most(DType.FLOAT32));
        assertEquals(DType.FLOAT32, half.dtype("model.norm.weight", new long[] {8}, DType.BFLOAT16));
    }

    @Test
    void aLoadedModelHoldsTheValuesRoundedOnce() throws java.io.IOException {
        for (String file : List.of("config.json", "model.safetensors")) {
            GoldenDecoder.copy("/golden/decoder/llama/" + file, folder.resolve(file));
        }
        HeldDTypes half = new HeldDTypes(DType.BFLOAT16, true);
        try (Scope scope = Scope.open("test");
                Decoder stored = decoder(DecoderLoader.Holding.AS_STORED);
                Decoder rounded = decoder(half)) {
            for (Parameter parameter : rounded.parameters().all()) {
                boolean norm = parameter.name().contains("norm");
                assertEquals(norm ? DType.FLOAT32 : DType.BFLOAT16, parameter.dtype(), parameter.name());
                assertArrayEquals(
                        Torch.toFloats(Torch.to(
                                stored.parameters().get(parameter.name()).value(), parameter.dtype())),
                        Torch.toFloats(parameter.value()),
                        parameter.name());
            }
        }
    }

    private Decoder decoder(DecoderLoader.Holding holding) {
        return new DecoderLoader(
                        ConfigFile.open(folder).read(),
                        ComputePolicy.FP32,
                        AttentionKernels.named("fused"),
                        Device.CPU,
                        holding)
                .load(folder);
    }
}
