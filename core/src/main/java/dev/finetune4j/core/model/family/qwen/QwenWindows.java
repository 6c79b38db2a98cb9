package dev.finetune4j.core.model.family.qwen;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.family.ModelDraft;

/** Qwen's rule for windows: {@code layer_types} where given, else from block {@code max_window_layers} on. */
public final class QwenWindows {
    private QwenWindows() {}

    /** Without {@code use_sliding_window} there are none, whatever {@code sliding_window} says. */
    public static ModelDraft apply(ModelDraft draft) {
        ConfigFile file = draft.file();
        if (!file.flag("use_sliding_window", false)) {
            return draft;
        }
        int window = file.window("sliding_window", 4096);
        int first = (int) file.number("max_window_layers", 28);
        return draft.windows(i -> draft.slides(i, i >= first) ? window : 0);
    }
}
