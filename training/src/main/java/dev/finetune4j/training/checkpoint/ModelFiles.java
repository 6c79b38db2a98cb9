package dev.finetune4j.training.checkpoint;

import java.nio.file.Path;

/** Writes what other programs load: the model or its adapter, with configuration and tokenizer. */
public interface ModelFiles {
    /** Writes into an existing folder that nobody reads yet. */
    void write(Path folder);

    /** Bytes that {@link #write} will need, for a look at the disk beforehand. */
    long bytes();
}
