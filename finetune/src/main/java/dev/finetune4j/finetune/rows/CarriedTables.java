package dev.finetune4j.finetune.rows;

import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whole embeddings and heads that an adapter folder holds beside its factors. */
public final class CarriedTables {
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String PICKLE = "adapter_model.bin";
    private static final String PREFIX = "base_model.model.";

    private CarriedTables() {}

    /**
     * Rows of the table that an adapter holds; 0 where it holds none. No tensor is read.
     *
     * @param modules names of embedding and head
     */
    public static int rows(Path adapter, List<String> modules) {
        Path file = adapter.resolve(TENSORS);
        Path stored = Files.isRegularFile(file) ? file : adapter.resolve(PICKLE);
        if (!Files.isRegularFile(stored)) {
            return 0;
        }
        try (WeightSource tensors = WeightFolder.openFile(stored)) {
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
