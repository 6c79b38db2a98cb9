package dev.finetune4j.data.hub;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.hub.repo.Wildcards;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pattern over the files of a repository. {@code *}, {@code ?} and sets stay inside one folder, {@code **} as a whole
 * component means any folders. Hidden names, folders that start with two underscores, and the files that describe a data set
 * match only where the pattern spells them.
 */
final class Glob {
    private static final String FOLDER = "[^/]";
    private static final Set<String> DESCRIPTIONS = Set.of(
            "README.md",
            "config.json",
            "dataset_info.json",
            "dataset_infos.json",
            "dummy_data.zip",
            "dataset_dict.json");

    private final String pattern;
    private final Pattern regex;

    /**
     * @param base folder that the pattern starts in; empty for the repository
     * @param where data set, for messages
     */
    Glob(String base, String pattern, String where) {
        String relative = pattern.startsWith("./") ? pattern.substring(2) : pattern;
        this.pattern = base.isEmpty() ? relative : base + "/" + relative;
        this.regex = Wildcards.compile(regex(this.pattern, where));
    }

    /** Whether the pattern is more than the name of one file. */
    boolean hasWildcards() {
        return pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** The matching files, in the order given. */
    List<String> among(List<String> paths) {
        return paths.stream().filter(this::matches).toList();
    }

    private boolean matches(String path) {
        String name = name(path);
        return (hasWildcards() ? regex.matcher(path).matches() : path.equals(pattern))
                && (!DESCRIPTIONS.contains(name) || name.equals(name(pattern)))
                && count(folder(path), "__") == count(folder(pattern), "__")
                && count(path, ".") == count(pattern, ".");
    }

    /** How many components start with a mark and are more than dots. */
    private static long count(String path, String mark) {
        return Arrays.stream(path.split("/"))
                .filter(part -> part.startsWith(mark) && !part.matches("\\.+"))
                .count();
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String folder(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String regex(String pattern, String where) {
        StringBuilder out = new StringBuilder();
        String[] parts = pattern.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            if (parts[i].equals("**")) {
                out.append(last ? ".*" : "(?:.+/)?");
            } else if (parts[i].contains("**")) {
                throw new DataException(
                        where,
                        "The pattern \"" + pattern + "\" has \"**\" beside other characters. It must stand alone"
                                + " between two slashes, as in \"**/*.csv\".");
            } else {
                String one = parts[i].equals("*") ? FOLDER + "+" : Wildcards.regex(parts[i], FOLDER + "*", FOLDER);
                out.append(one).append(last ? "" : "/");
            }
        }
        return out.toString();
    }
}
