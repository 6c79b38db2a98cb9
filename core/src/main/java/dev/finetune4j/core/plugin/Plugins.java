package dev.finetune4j.core.plugin;

import dev.finetune4j.core.error.UnsupportedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds plugins by type and name. Thread-safe. */
public final class Plugins {
    private Plugins() {}

    /**
     * All plugins of a type, by the interface's own class loader first and the thread's after it, so that notebooks and
     * Spark, which put user code into a child loader, find theirs as well.
     */
    public static <P extends Plugin> List<P> all(Class<P> type) {
        Map<String, P> found = new LinkedHashMap<>();
        for (ClassLoader loader : loaders(type)) {
            for (P plugin : ServiceLoader.load(type, loader)) {
                found.putIfAbsent(plugin.name(), plugin);
            }
        }
        return List.copyOf(found.values());
    }

    /**
     * The plugin of that name.
     *
     * @throws UnsupportedException if none has it; the message lists the known names
     */
    public static <P extends Plugin> P named(Class<P> type, String name) {
        List<P> all = all(type);
        for (P plugin : all) {
            if (plugin.name().equals(name)) {
                return plugin;
            }
        }
        String known = all.stream().map(Plugin::name).sorted().collect(Collectors.joining(", "));
        throw new UnsupportedException("No " + type.getSimpleName() + " is called \"" + name + "\". Known: "
                + (known.isEmpty() ? "none" : known)
                + ". If it comes in a module of its own, add that module to the class path.");
    }

    private static List<ClassLoader> loaders(Class<?> type) {
        List<ClassLoader> loaders = new ArrayList<>();
        loaders.add(type.getClassLoader());
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null && context != type.getClassLoader()) {
            loaders.add(context);
        }
        return loaders;
    }
}
