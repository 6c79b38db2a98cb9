package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.testing.GoldenDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that parity/torch_files.py wrote. */
final class TorchFiles {
    private TorchFiles() {}

    /** Copies one into a folder, since checkpoints are read from files. */
    static Path copy(String name, Path folder) {
        try {
            Path target = folder.resolve(Path.of(name).getFileName());
            GoldenDecoder.copy("/golden/pickle/" + name, target);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
