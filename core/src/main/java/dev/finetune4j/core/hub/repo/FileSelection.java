package dev.finetune4j.core.hub.repo;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which files of a repository are wanted: those that match an allowed pattern (all, if there is none) and no ignored one.
 * Patterns are shell wildcards whose {@code *} also matches slashes; a pattern that ends with a slash means all below.
 */
public final class FileSelection {
    public static final FileSelection ALL = new FileSelection(List.of(), List.of());

    /**
     * What a model is read from: settings, tokenizer, chat templates, safetensors. Copies in other formats, and the states
     * that a training run left behind, stay on the hub.
     */
    public static final FileSelection MODEL = new FileSelection(
            List.of("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken"),
            List.of("original/*", "onnx/*", "coreml/*", "openvino/*", "runs/*", "checkpoint-*", "consolidated*"));

    private final List<Pattern> allowed;
    private final List<Pattern> ignored;

    private FileSelection(List<String> allowed, List<String> ignored) {
        this.allowed = allowed.stream().map(FileSelection::pattern).toList();
        this.ignored = ignored.stream().map(FileSelection::pattern).toList();
    }

    /** The files that match one of the patterns. */
    public static FileSelection only(List<String> patterns) {
        return new FileSelection(patterns, List.of());
    }

    /** Files that match one of {@code allowed} (any, if empty) and none of {@code ignored}. */
    public static FileSelection of(List<String> allowed, List<String> ignored) {
        return new FileSelection(allowed, ignored);
    }

    public boolean wants(String path) {
        return (allowed.isEmpty() || matches(allowed, path)) && !matches(ignored, path);
    }

    private static boolean matches(List<Pattern> patterns, String path) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    private static Pattern pattern(String text) {
        String slashes = text.replace('\\', '/');
        return Wildcards.anywhere(slashes.endsWith("/") ? slashes + "*" : slashes);
    }
}
