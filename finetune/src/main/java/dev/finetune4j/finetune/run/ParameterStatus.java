package dev.finetune4j.finetune.run;

import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.Arrays;
import java.util.List;

/** What {@code print_param_status} lists. */
final class ParameterStatus {
    private ParameterStatus() {}

    /** One line a parameter, in the order of the walk, adapters last. */
    static List<String> lines(ParameterStore store) {
        return store.all().stream().map(ParameterStatus::line).toList();
    }

    private static String line(Parameter parameter) {
        return String.format(
                "name: %s, shape: %s, dtype: %s, device: %s, trainable: %s",
                parameter.name(),
                Arrays.toString(parameter.shape()),
                parameter.dtype().configName(),
                Torch.device(parameter.value()),
                parameter.trainable());
    }
}
