package dev.finetune4j.data.hub;

import dev.finetune4j.core.error.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits told from names, where nobody has described them. The first rule that finds anything holds: shards
 * {@code data/SPLIT-00000-of-00002.…}; folders that carry the word of a split; files that do; everything is the training
 * split.
 */
final class SplitPatterns {
    private static final String DIGITS = "[0-9][0-9][0-9][0-9][0-9]";
    private static final String SHARD = "-" + DIGITS + "-of-" + DIGITS + "*.*";
    private static final Pattern SHARD_NAME = Pattern.compile("(.+)-[0-9]{5}-of-[0-9]{5}.*");
    private static final Pattern SPLIT_NAME = Pattern.compile("\\w+(\\.\\w+)*");
    /** What may stand beside the word of a split. */
    private static final String EDGE = "[-._ 0-9]";

    private static final List<String> IN_FILES =
            List.of("**/{word}" + EDGE + "*", "**/*" + EDGE + "{word}" + EDGE + "*");
    private static final List<String> IN_FOLDERS = List.of(
            "**/{word}/**",
            "**/{word}" + EDGE + "*/**",
            "**/*" + EDGE + "{word}/**",
            "**/*" + EDGE + "{word}" + EDGE + "*/**");
    private static final Map<String, List<String>> WORDS = words();

    private SplitPatterns() {}

    private static Map<String, List<String>> words() {
        Map<String, List<String>> words = new LinkedHashMap<>();
        words.put("train", List.of("train", "training"));
        words.put("validation", List.of("validation", "valid", "dev", "val"));
        words.put("test", List.of("test", "testing", "eval", "evaluation"));
        return words;
    }

    /**
     * The patterns of each split, in the order in which splits are named.
     *
     * @param base folder to look in; empty for the repository
     * @param where data set, for messages
     * @throws DataException if there is no file at all
     */
    static Map<String, List<String>> among(List<String> paths, String base, String where) {
        Map<String, List<String>> shards = shards(paths, base, where);
        if (!shards.isEmpty()) {
            return shards;
        }
        for (List<String> rule : List.of(IN_FOLDERS, IN_FILES)) {
            Map<String, List<String>> found = byWords(rule, paths, base, where);
            if (!found.isEmpty()) {
                return found;
            }
        }
        if (new Glob(base, "**", where).among(paths).isEmpty()) {
            throw new DataException(
                    where,
                    base.isEmpty()
                            ? "The repository holds no data files."
                            : "The folder \"" + base + "\" of the repository holds no data files.");
        }
        return Map.of("train", List.of("**"));
    }

    private static Map<String, List<String>> shards(List<String> paths, String base, String where) {
        Set<String> names = new TreeSet<>();
        for (String path : new Glob(base, "data/*" + SHARD, where).among(paths)) {
            Matcher shard = SHARD_NAME.matcher(path.substring(path.lastIndexOf('/') + 1));
            if (shard.matches()) {
                names.add(shard.group(1));
            }
        }
        Set<String> ordered = new LinkedHashSet<>(WORDS.keySet());
        ordered.retainAll(names);
        ordered.addAll(names);
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        for (String name : ordered) {
            if (!SPLIT_NAME.matcher(name).matches()) {
                throw new DataException(
                        where,
                        "The files \"data/" + name + "-…\" would be the split \"" + name + "\", which is no name of a"
                                + " split: letters, digits, underscores, and dots between them.");
            }
            patterns.put(name, List.of("data/" + name + SHARD));
        }
        return patterns;
    }

    private static Map<String, List<String>> byWords(List<String> rule, List<String> paths, String base, String where) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        WORDS.forEach((split, words) -> {
            List<String> patterns = new ArrayList<>();
            for (String word : words) {
                rule.forEach(pattern -> patterns.add(pattern.replace("{word}", word)));
            }
            boolean any = patterns.stream()
                    .anyMatch(pattern ->
                            !new Glob(base, pattern, where).among(paths).isEmpty());
            if (any) {
                found.put(split, patterns);
            }
        });
        return found;
    }
}
