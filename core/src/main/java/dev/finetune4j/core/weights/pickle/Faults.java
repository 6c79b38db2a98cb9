package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.error.WeightException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The complaints about one file. */
record Faults(Path file) {
    private static final int LONGEST_NAME = 100;

    WeightException damaged(String what) {
        return new WeightException(file + ": not a checkpoint that torch.save wrote, or a damaged one: " + what
                + ". Copy or download it again.");
    }

    WeightException unreadable(IOException failure) {
        String reason = failure.getMessage();
        return new WeightException(
                file + ": cannot be read: "
                        + (reason == null ? failure.getClass().getSimpleName() : reason),
                failure);
    }

    /** A name that a checkpoint of tensors does not need, such as {@code os.system}. */
    WeightException forbidden(String global) {
        return new WeightException(file + ": names " + shortened(global) + ", which no tensor needs. A pickle can make"
                + " Python run any code while it is loaded; this library runs none and reads tensors only. "
                + wayOut());
    }

    /** A tensor, storage or container that is there but that this library has no use for. */
    WeightException unsupported(String what) {
        return new WeightException(file + ": " + what + ". " + wayOut());
    }

    /** How a trusted file becomes one that needs no trust. */
    private String wayOut() {
        Path name = file.getFileName();
        String target =
                String.valueOf(name).startsWith("adapter_model") ? "adapter_model.safetensors" : "model.safetensors";
        return "If you trust where it comes from, convert it to safetensors: python -c \"import torch;"
                + " from safetensors.torch import save_file; save_file({k: v.clone().contiguous() for k, v in"
                + " torch.load('" + name
                + "', map_location='cpu', weights_only=False).items() if torch.is_tensor(v)}, '" + target + "')\"";
    }

    /** A name out of the file, fit for a message. */
    static String shortened(@Nullable String text) {
        String plain = String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= LONGEST_NAME ? plain : plain.substring(0, LONGEST_NAME) + "...";
    }
}
