package dev.finetune4j.core.config;

import dev.finetune4j.core.config.bind.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Former names of keys. Names of refused keys need none: they are refused under either name. */
final class Aliases {
    private static final Map<String, String> NOW = Map.of(
            "evaluation_strategy", "eval_strategy",
            "per_gpu_train_batch_size", "per_device_train_batch_size",
            "per_gpu_eval_batch_size", "per_device_eval_batch_size",
            "no_cuda", "use_cpu",
            "new_special_tokens", "add_special_tokens");

    private Aliases() {}

    /** The settings under today's names; giving a key under both names is a problem. */
    static List<Setting> resolve(Settings draft, Problems problems) {
        List<Setting> resolved = new ArrayList<>();
        for (Setting setting : draft.all()) {
            String name = NOW.get(setting.key());
            if (name == null) {
                resolved.add(setting);
                continue;
            }
            Setting twin = draft.find(name).filter(other -> !other.isAbsent()).orElse(null);
            if (twin == null) {
                resolved.add(new Setting(name, setting.value(), setting.origin() + ", as " + setting.key()));
            } else if (!setting.isAbsent()) {
                String text = setting.where() + " and " + twin.where() + " are the same setting. Keep the latter.";
                problems.add(setting, text, name);
            }
        }
        return resolved;
    }

    static Map<String, String> all() {
        return NOW;
    }
}
