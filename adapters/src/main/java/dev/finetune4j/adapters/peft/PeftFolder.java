package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * An adapter folder opened for reading, and the way to write one: {@code adapter_model.safetensors}, or where there is none
 * {@code adapter_model.bin}. Owns the file until {@link #close}.
 */
public final class PeftFolder implements AutoCloseable {
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String PICKLE = "adapter_model.bin";

    private final PeftConfig config;
    private final Path file;
    private final WeightSource tensors;

    private PeftFolder(PeftConfig config, Path file, WeightSource tensors) {
        this.config = config;
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Opens a folder; reads its config and the header of its tensors.
     *
     * @throws WeightException if a file is missing or damaged
     * @throws dev.finetune4j.core.error.UnsupportedException if the adapter needs what this build lacks
     */
    public static PeftFolder open(Path folder) {
        PeftConfig config = PeftConfigReader.read(folder);
        Path file = folder.resolve(TENSORS);
        Path pickle = folder.resolve(PICKLE);
        Path stored = !Files.exists(file) && Files.exists(pickle) ? pickle : file;
        return new PeftFolder(config, stored, WeightFolder.openFile(stored));
    }

    /** This folder in the terms of a model; it takes the place of this one, which is not closed then. */
    public PeftFolder of(ModelConfig model) {
        if (!FusedExperts.in(model, config)) {
            return this;
        }
        FusedExperts fused = new FusedExperts(model, Objects.requireNonNull(model.experts()), config);
        return new PeftFolder(fused.config(), file, fused.unfuse(file, tensors));
    }

    public PeftConfig config() {
        return config;
    }

    /** The file's tensors by name. */
    public Map<String, WeightSource.Entry> entries() {
        return tensors.entries();
    }

    /**
     * Checks that the file holds exactly what the model has places for.
     *
     * @param places name and shape of everything the adapter should fill
     * @param tables those among them that have a row for each token
     * @throws WeightException listing what is left over, missing or of another shape
     */
    public void require(Map<String, long[]> places, Set<String> tables) {
        new TensorAccount(file, places, tables, tensors.entries()).settle();
    }

    /** How this file holds the factors of stacked experts. */
    StackLayout layout(ExpertStacks stacks) {
        Map<String, long[]> shapes = new HashMap<>();
        tensors.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
        return StackLayout.of(file, stacks.sides(), shapes, config.version());
    }

    /** One tensor, possibly a view of the mapped file: to be copied, not kept. */
    public Tensor read(String name) {
        return tensors.read(name);
    }

    @Override
    public void close() {
        tensors.close();
    }

    /**
     * Writes the tensors and then the config, each atomically, so that a folder with a config is complete.
     *
     * @throws WeightException if the folder cannot be written
     */
    public static void write(Path folder, PeftConfig config, List<SafetensorsWriter.Item> items) {
        try {
            Files.createDirectories(folder);
            new SafetensorsWriter(Disk.DEFAULT).write(folder.resolve(TENSORS), items);
            Disk.DEFAULT.replace(folder.resolve(PeftConfig.FILE), PeftConfigWriter.write(config));
        } catch (IOException e) {
            throw new WeightException(folder + ": the adapter cannot be written: " + e.getMessage(), e);
        }
    }
}
