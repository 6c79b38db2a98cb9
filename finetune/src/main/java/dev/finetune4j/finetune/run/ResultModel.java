package dev.finetune4j.finetune.run;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.training.checkpoint.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a run gives away, in a checkpoint and at its end: the adapter's folder or the whole model, with the tokenizer. */
final class ResultModel implements ModelFiles {
    private static final long TOKENIZER_BYTES = 1L << 24;

    private final Adapter adapter;
    private final ModelFolder model;
    private final Tokenizer tokenizer;

    ResultModel(Preparation run, Decoder decoder, Adapter adapter) {
        this.adapter = adapter;
        this.tokenizer = run.data().tokenizer();
        this.model = new ModelFolder(decoder, run.modelFolder(), tokenizer);
    }

    @Override
    public void write(Path folder) {
        if (adapter.separable()) {
            adapter.save(folder);
        } else {
            model.write(folder);
        }
        tokenizer.save(folder);
    }

    /** The same into a folder that may not exist yet. */
    void save(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new WeightException(
                    folder + ": cannot be made: " + e.getMessage() + ". Choose another output_dir.", e);
        }
        write(folder);
    }

    @Override
    public long bytes() {
        long weights = adapter.separable()
                ? adapter.parameters().stream().mapToLong(Parameter::bytes).sum()
                : model.bytes();
        return weights + TOKENIZER_BYTES;
    }
}
