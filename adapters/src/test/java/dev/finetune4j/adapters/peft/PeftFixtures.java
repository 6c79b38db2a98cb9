package dev.finetune4j.adapters.peft;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Adapter folders with something wrong in them. */
final class PeftFixtures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PeftFixtures() {}

    /** Copies the two files of an adapter. */
    static Path copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
                Files.copy(from.resolve(file), to.resolve(file));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes keys of the config. */
    static void edit(Path folder, Consumer<ObjectNode> change) {
        Path file = folder.resolve("adapter_config.json");
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(Files.readString(file));
            change.accept(root);
            Files.writeString(file, JSON.writeValueAsString(root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
