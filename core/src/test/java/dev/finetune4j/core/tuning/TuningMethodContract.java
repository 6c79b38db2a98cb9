package dev.finetune4j.core.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What any {@link TuningMethod} must do, whether it adds an adapter or trains the model's own weights. */
@NoTensorLeak
public abstract class TuningMethodContract {
    /** The value of {@code finetuning_type} that finds the method. */
    protected abstract String name();

    /** A request that the method can serve on a Llama of two layers. */
    protected TuningRequest request() {
        return TuningRequest.of("tiny", 5);
    }

    private interface Body {
        void run(Decoder decoder, Adapter adapter, Tensor before) throws Exception;
    }

    private void with(GoldenDecoder golden, TuningRequest request, Body body) throws Exception {
        try (Scope scope = Scope.open("contract");
                Decoder decoder = golden.load(ComputePolicy.FP32, new FusedAttention())) {
            Tensor before = logits(decoder, golden);
            Adapter adapter = Plugins.named(TuningMethod.class, name()).install(decoder, request);
            body.run(decoder, adapter, before);
        }
    }

    private static Tensor logits(Decoder decoder, GoldenDecoder golden) {
        return new FrozenPass(decoder).logits(golden.batch());
    }

    /** Moves every trainable parameter by small random numbers, as training would. */
    private static void train(Adapter adapter) {
        torch.manual_seed(11);
        for (Parameter parameter : adapter.parameters()) {
            try (Scope scope = Scope.open("move")) {
                Tensor noise = Torch.to(torch.randn(parameter.shape()), parameter.dtype());
                parameter.value().add_(noise, new Scalar(0.05));
            }
        }
    }

    @Test
    void installingChangesNoOutput() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        with(
                golden,
                request(),
                (decoder, adapter, before) -> Tolerance.assertSame("logits", before, logits(decoder, golden)));
    }

    @Test
    void theStoreAndTheAdapterAgreeOnWhatTrains() throws Exception {
        with(GoldenDecoder.named("llama"), request(), (decoder, adapter, before) -> {
            assertFalse(adapter.parameters().isEmpty());
            assertEquals(decoder.parameters().trainable(), adapter.parameters());
            long inSegments = decoder.segments().stream()
                    .flatMap(segment -> segment.parameters().stream())
                    .filter(Parameter::trainable)
                    .distinct()
                    .count();
            assertEquals(inSegments, adapter.parameters().size(), "every trainable parameter lies in a segment");
        });
    }

    @Test
    void whatTrainsIsRaisedToFp32UnlessPure() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        for (boolean pure : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("contract");
                    Decoder decoder = golden.load(ComputePolicy.FP32, new FusedAttention())) {
                decoder.parameters().all().forEach(p -> p.replace(Torch.copy(p.value(), DType.BFLOAT16)));
                Adapter adapter = Plugins.named(TuningMethod.class, name())
                        .install(decoder, request().withPureBf16(pure));
                adapter.parameters()
                        .forEach(p -> assertEquals(pure ? DType.BFLOAT16 : DType.FLOAT32, p.dtype(), p.name()));
                decoder.parameters().all().stream()
                        .filter(p -> !p.trainable())
                        .forEach(p -> assertEquals(DType.BFLOAT16, p.dtype(), p.name()));
            }
        }
    }

    @Test
    void offIsTheModelAsItWas() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        with(golden, request(), (decoder, adapter, before) -> {
            if (!adapter.separable()) {
                assertThrows(IllegalStateException.class, () -> adapter.enabled(false));
                return;
            }
            train(adapter);
            Tensor trained = logits(decoder, golden);
            assertTrue(Tolerance.relativeMax(trained, before) > 1e-3, "training must have changed something");
            adapter.enabled(false);
            Tolerance.assertSame("off", before, logits(decoder, golden));
            adapter.enabled(true);
            Tolerance.assertSame("on again", trained, logits(decoder, golden));
        });
    }

    @Test
    void mergedEqualsAdaptedAndNothingTrainsAfterwards() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        with(golden, request(), (decoder, adapter, before) -> {
            train(adapter);
            Tensor trained = logits(decoder, golden);
            adapter.merge();
            assertTrue(Tolerance.relativeMax(logits(decoder, golden), trained) <= Tolerance.FORWARD);
            if (adapter.separable()) {
                assertTrue(decoder.parameters().trainable().isEmpty());
                adapter.merge();
                assertTrue(Tolerance.relativeMax(logits(decoder, golden), trained) <= Tolerance.FORWARD);
            }
        });
    }

    @Test
    void whatIsSavedIsReadBackAndTrainsOn(@TempDir Path folder) throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        with(golden, request(), (decoder, adapter, before) -> {
            if (!adapter.separable()) {
                assertThrows(IllegalStateException.class, () -> adapter.save(folder));
                return;
            }
            train(adapter);
            adapter.save(folder);
            Tensor trained = logits(decoder, golden);
            with(golden, request().withAdapters(List.of(folder), false), (again, read, untouched) -> {
                Tolerance.assertSame("logits after reading", trained, logits(again, golden));
                assertEquals(names(adapter), names(read));
            });
        });
    }

    private static List<String> names(Adapter adapter) {
        return adapter.parameters().stream().map(Parameter::name).toList();
    }
}
