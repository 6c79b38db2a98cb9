package dev.finetune4j.data.template.tool;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.plugin.Plugins;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Looks formats up once; conversations ask for theirs with every call. */
final class ToolFormats {
    private static final Set<String> PLANNED = Set.of(
            "gemma4",
            "glm4",
            "llama3",
            "lfm2",
            "minimax1",
            "minimax2",
            "mistral",
            "qwen3_5",
            "glm4_moe",
            "seed_oss",
            "ling");
    private static final Map<String, ToolFormat> FOUND = new ConcurrentHashMap<>();

    private ToolFormats() {}

    static ToolFormat named(String name) {
        return FOUND.computeIfAbsent(name, ToolFormats::find);
    }

    private static ToolFormat find(String name) {
        for (ToolFormat format : Plugins.all(ToolFormat.class)) {
            if (format.name().equals(name)) {
                return format;
            }
        }
        if (PLANNED.contains(name)) {
            throw new UnsupportedException(
                    "Tool format \"" + name + "\" is known, but not available yet. Set tool_format to"
                            + " one that is (default, qwen), or leave conversations with tools out.");
        }
        return Plugins.named(ToolFormat.class, name);
    }
}
