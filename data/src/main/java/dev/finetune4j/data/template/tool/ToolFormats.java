package dev.finetune4j.data.template.tool;

import dev.finetune4j.core.plugin.Plugins;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Looks formats up once; conversations ask for theirs with every call. */
final class ToolFormats {
    private static final Map<String, ToolFormat> FOUND = new ConcurrentHashMap<>();

    private ToolFormats() {}

    static ToolFormat named(String name) {
        return FOUND.computeIfAbsent(name, key -> Plugins.named(ToolFormat.class, key));
    }
}
