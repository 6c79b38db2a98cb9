package dev.finetune4j.adapters.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.Walk;
import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps of one input that run as one give the loss and the gradients that they give one by one. */
@NoTensorLeak
class JointProjectionsTest {
    @ParameterizedTest
    @CsvSource({
        "llama, all, false",
        "qwen2, all, false",
        "qwen2, 'q_proj,v_proj,up_proj', false",
        "qwen2, 'v_proj', true",
        "llama, all, true"
    })
    void jointMapsEqualMapByMap(String model, String targets, boolean trained) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model)) {
            adapt(decoder, List.of(targets.split(",")));
            if (trained) {
                decoder.parameters().all().forEach(parameter -> parameter.trainable(true));
            }
            assertEquals(2 * decoder.blocks().size(), joined(decoder));
            double loss = new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch(model));
            List<Tensor> joint = takeGradients(decoder);
            moveApart(decoder);
            assertEquals(0, joined(decoder));
            assertEquals(loss, new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch(model)), 1e-5);
            List<Parameter> parameters = decoder.parameters().trainable();
            for (int i = 0; i < parameters.size(); i++) {
                Tensor gradient = Objects.requireNonNull(parameters.get(i).gradient());
                Tolerance.assertClose(parameters.get(i).name(), gradient, joint.get(i), 1e-5);
            }
        }
    }

    @Test
    void dropoutKeepsAdaptedMapsApart() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            TuningRequest.Lora lora = new TuningRequest.Lora(4, 8, 0.1, List.of(ModuleSelector.ALL), false);
            new LoraTuning().install(decoder, TuningRequest.of("tiny", 1).with(lora));
            try (Tape training = Tape.off(new Draws(1, 1, 0, new int[] {3}));
                    Tape evaluation = Tape.off(Draws.NONE)) {
                List<Linear> gateAndUp = decoder.blocks().get(0).linears().subList(4, 6);
                assertNull(Linear.joined(gateAndUp, training));
                assertNotNull(Linear.joined(gateAndUp, evaluation));
            }
        }
    }

    private static void adapt(Decoder decoder, List<String> targets) {
        TuningRequest.Lora lora = new TuningRequest.Lora(4, 8, 0, targets, false);
        new LoraTuning().install(decoder, TuningRequest.of("tiny", 1).with(lora));
        GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(3));
        for (Parameter parameter : decoder.parameters().trainable()) {
            parameter.value().normal_(0, 0.1, generator);
        }
    }

    /** Groups of all blocks that run as one. */
    private static int joined(Decoder decoder) {
        int joined = 0;
        try (Tape tape = Tape.off(Draws.NONE)) {
            for (Block block : decoder.blocks()) {
                joined += Linear.joined(block.linears().subList(0, 3), tape) == null ? 0 : 1;
                joined += Linear.joined(block.linears().subList(4, 6), tape) == null ? 0 : 1;
            }
        }
        return joined;
    }

    private static List<Tensor> takeGradients(Decoder decoder) {
        List<Tensor> gradients = new ArrayList<>();
        for (Parameter parameter : decoder.parameters().trainable()) {
            gradients.add(Objects.requireNonNull(parameter.gradient()).clone());
            parameter.dropGradient();
        }
        return gradients;
    }

    private static void moveApart(Decoder decoder) {
        for (Linear linear : decoder.linears()) {
            Parameter matrix = Objects.requireNonNull(linear.weight().parameter());
            matrix.replace(matrix.value().clone());
        }
    }
}
