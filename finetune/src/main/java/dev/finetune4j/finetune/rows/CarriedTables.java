package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whole embeddings and heads that an adapter folder holds beside its factors. */
public final class CarriedTables {
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    private CarriedTables() {}

    /**
     * Rows of the table that an adapter holds; 0 where it holds none. Only the header of its file is read.
     *
     * @param modules names of embedding and head
     */
    public static int rows(Path adapter, List<String> modules) {
        Path file = adapter.resolve(TENSORS);
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            long rows = 0;
            for (String module : modules) {
                for (String name : List.of(module + ".weight", module + ".base_layer.weight")) {
                    WeightSource.Entry entry = tensors.entries().get(PREFIX + name);
                    rows = entry == null || entry.shape().length != 2 ? rows : Math.max(rows, entry.shape()[0]);
                }
            }
            return Math.toIntExact(rows);
        }
    }
}
