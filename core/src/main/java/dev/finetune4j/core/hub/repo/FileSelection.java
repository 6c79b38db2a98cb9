package dev.finetune4j.core.hub.repo;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which files of a repository are wanted: those that match an allowed pattern (all, if there is none) and no ignored one.
 * Patterns are shell wildcards whose {@code *} also matches slashes; a pattern that ends with a slash means all below.
 */
public final class FileSelection {
    public static final FileSelection ALL = new FileSelection(path -> true);

    /**
     * What a model is read from: settings, tokenizer, chat templates, safetensors. Copies in other formats, and the states
     * that a training run left behind, stay on the hub.
     */
    public static final FileSelection MODEL = of(
            List.of("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken"),
            List.of("original/*", "onnx/*", "coreml/*", "openvino/*", "runs/*", "checkpoint-*", "consolidated*"));

    private final Predicate<String> wanted;

    private FileSelection(Predicate<String> wanted) {
        this.wanted = wanted;
    }

    /** The files that match one of the patterns. */
    public static FileSelection only(List<String> patterns) {
        return of(patterns, List.of());
    }

    /** Files that match one of {@code allowed} (any, if empty) and none of {@code ignored}. */
    public static FileSelection of(List<String> allowed, List<String> ignored) {
        List<Pattern> in = allowed.stream().map(FileSelection::pattern).toList();
        List<Pattern> out = ignored.stream().map(FileSelection::pattern).toList();
        return new FileSelection(path -> (in.isEmpty() || matches(in, path)) && !matches(out, path));
    }

    /** The files of these names, in which no character is a wildcard. */
    public static FileSelection exactly(Collection<String> paths) {
        return new FileSelection(Set.copyOf(paths)::contains);
    }

    public boolean wants(String path) {
        return wanted.test(path);
    }

    private static boolean matches(List<Pattern> patterns, String path) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    private static Pattern pattern(String text) {
        String slashes = text.replace('\\', '/');
        return Wildcards.anywhere(slashes.endsWith("/") ? slashes + "*" : slashes);
    }
}
