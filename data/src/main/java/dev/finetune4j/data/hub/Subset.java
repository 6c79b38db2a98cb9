package dev.finetune4j.data.hub;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a repository that is read, as patterns of each split.
 *
 * @param base folder in which the patterns start; empty for the repository
 */
record Subset(String base, Map<String, List<String>> patterns, String where) {
    /**
     * Chooses among what the author describes.
     *
     * @param name the wish, null for the default
     * @param folder a folder to read in place of what the author describes; empty for none
     */
    static Subset of(List<CardConfig> configs, @Nullable String name, String folder, List<String> paths, String where) {
        if (name != null) {
            checkKnown(configs, name, where);
        }
        if (!folder.isEmpty()) {
            return new Subset(folder, SplitPatterns.among(paths, folder, where), where);
        }
        Optional<CardConfig> config = name == null ? standard(configs, where) : named(configs, name);
        String base = config.map(CardConfig::folder).orElse("");
        Map<String, List<String>> given = config.map(CardConfig::patterns).orElse(Map.of());
        return new Subset(base, given.isEmpty() ? SplitPatterns.among(paths, base, where) : given, where);
    }

    private static Optional<CardConfig> named(List<CardConfig> configs, String name) {
        return configs.stream().filter(config -> config.name().equals(name)).findFirst();
    }

    private static void checkKnown(List<CardConfig> configs, String name, String where) {
        List<String> names = configs.isEmpty()
                ? List.of("default")
                : configs.stream().map(CardConfig::name).toList();
        if (!names.contains(name)) {
            throw new DataException(
                    where,
                    "There is no subset \"" + name + "\"." + Nearest.sentence(name, names) + " Available: "
                            + String.join(", ", names) + "."
                            + (configs.isEmpty()
                                    ? " To read one folder of the repository, name it with \"folder\"."
                                    : ""));
        }
    }

    /** The only subset, or the one called or marked as default; empty where nothing is described. */
    private static Optional<CardConfig> standard(List<CardConfig> configs, String where) {
        if (configs.size() <= 1) {
            return configs.stream().findFirst();
        }
        List<CardConfig> defaults = configs.stream()
                .filter(config -> config.isDefault() || config.name().equals("default"))
                .toList();
        if (defaults.size() == 1) {
            return defaults.stream().findFirst();
        }
        String names = String.join(", ", configs.stream().map(CardConfig::name).toList());
        throw new DataException(
                where,
                (defaults.isEmpty()
                                ? "There are several subsets and no default"
                                : "Several subsets are marked as default")
                        + ". Name one with \"subset\": " + names + ".");
    }

    /**
     * The files of every split, each file once, in the order of the patterns and inside a pattern by name. A split whose
     * patterns match nothing has no files.
     *
     * @param paths sorted
     */
    Map<String, List<String>> files(List<String> paths) {
        Map<String, List<String>> files = new LinkedHashMap<>();
        patterns.forEach((split, globs) -> {
            Set<String> found = new LinkedHashSet<>();
            for (String glob : globs) {
                found.addAll(new Glob(base, glob, where).among(paths));
            }
            files.put(split, found.stream().filter(FileFormat::isData).toList());
        });
        return files;
    }
}
