package dev.finetune4j.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Trajectories equal those of torch's optimizers; made by {@code parity/optimizers.py}. */
@NoTensorLeak
class OptimizerParityTest {
    private static final List<String> TENSORS = List.of("matrix", "vector");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private JsonNode sheet(String name) throws Exception {
        return new ObjectMapper().readTree(GOLDEN.resolve(name + ".json").toFile());
    }

    private static OptimizerFactory.Settings settings(JsonNode node) {
        return new OptimizerFactory.Settings(
                new ParameterGroups(p ->
                        new ParameterGroups.Group(1, node.path("weight_decay").asDouble())),
                node.path("betas").path(0).asDouble(0.9),
                node.path("betas").path(1).asDouble(0.999),
                node.path("eps").asDouble(1e-8));
    }

    @Test
    void adamwFollowsTorch() throws Exception {
        JsonNode sheet = sheet("adamw");
        for (String name : List.of("adamw_torch", "adamw_torch_fused")) {
            for (Map.Entry<String, JsonNode> entry : sheet.path("cases").properties()) {
                if (!entry.getValue().path("amsgrad").asBoolean()) {
                    follow(sheet, "adamw", entry.getKey(), OptimizerFactory.named(name, settings(entry.getValue())));
                }
            }
        }
    }

    @Test
    void sgdFollowsTorch() throws Exception {
        JsonNode sheet = sheet("sgd");
        for (String name : List.of("plain", "decay")) {
            follow(
                    sheet,
                    "sgd",
                    name,
                    OptimizerFactory.named("sgd", settings(sheet.path("cases").path(name))));
        }
    }

    private void follow(JsonNode sheet, String file, String name, Optimizer made) {
        try (Scope scope = Scope.open("test");
                Optimizer optimizer = made;
                SafetensorsFile golden = SafetensorsFile.open(GOLDEN.resolve(file + ".safetensors"))) {
            List<Parameter> parameters = new ArrayList<>();
            for (String tensor : TENSORS) {
                Parameter p =
                        new Parameter(tensor, golden.read("start." + tensor).clone());
                p.trainable(true);
                parameters.add(p);
            }
            for (int step = 0; step < sheet.path("learning_rates").size(); step++) {
                for (Parameter p : parameters) {
                    p.accumulate(golden.read("grad." + p.name() + "." + step).clone());
                }
                optimizer.update(
                        parameters, sheet.path("learning_rates").get(step).asDouble());
                for (Parameter p : parameters) {
                    double difference =
                            Tolerance.relativeMax(p.value(), golden.read(name + ".after." + p.name() + "." + step));
                    assertTrue(
                            difference <= sheet.path("tolerance").asDouble(),
                            name + " " + p.name() + " step " + step + ": " + difference);
                    p.dropGradient();
                }
            }
            compareState(sheet, name, optimizer, golden);
            parameters.forEach(Parameter::close);
        }
    }

    private static void compareState(JsonNode sheet, String name, Optimizer optimizer, SafetensorsFile golden) {
        int compared = 0;
        for (var item : optimizer.state().items()) {
            String key = item.name();
            int dot = key.lastIndexOf('.');
            if (key.endsWith(".step")) {
                assertEquals(
                        sheet.path("learning_rates").size(),
                        Torch.toFloats(item.tensor().get())[0]);
            } else {
                String full = name + ".state." + key.substring(0, dot) + "." + key.substring(dot + 1);
                assertTrue(
                        Tolerance.relativeMax(item.tensor().get(), golden.read(full))
                                <= sheet.path("tolerance").asDouble(),
                        full);
                compared++;
            }
        }
        long expected = golden.entries().keySet().stream()
                .filter(k -> k.startsWith(name + ".state."))
                .count();
        assertEquals(expected, compared);
    }

    @Test
    void bf16ParametersKeepBf16Moments() {
        try (Scope scope = Scope.open("test");
                Optimizer optimizer = OptimizerFactory.named(
                        "adamw_torch", new OptimizerFactory.Settings(ParameterGroups.standard(0), 0.9, 0.999, 1e-8));
                Parameter p = new Parameter(
                        "w",
                        Torch.floats(new float[] {1, -2}, dev.finetune4j.core.runtime.Device.CPU)
                                .to(DType.BFLOAT16.scalarType()))) {
            p.accumulate(Torch.floats(new float[] {0.5f, -3}, dev.finetune4j.core.runtime.Device.CPU));
            optimizer.update(List.of(p), 0.125);
            // The first Adam step moves every weight by the rate, against the sign of its gradient.
            float[] values = Torch.toFloats(p.value());
            assertEquals(0.875f, values[0], 0.004f);
            assertEquals(-1.875f, values[1], 0.008f);
            optimizer
                    .state()
                    .items()
                    .forEach(i -> assertEquals(i.name().endsWith("step") ? DType.FLOAT32 : DType.BFLOAT16, i.dtype()));
        }
    }
}
