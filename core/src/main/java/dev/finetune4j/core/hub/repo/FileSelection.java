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
     * What a model is read from: settings, tokenizer, chat templates, safetensors, and pickles where the repository has no
     * safetensors. Copies in other formats, and the states that a training run left behind, stay on the hub.
     */
    public static final FileSelection MODEL = of(
                    List.of("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken"),
                    List.of(
                            "original/*",
                            "onnx/*",
                            "coreml/*",
                            "openvino/*",
                            "runs/*",
                            "checkpoint-*",
                            "consolidated*"))
            .orWithout(
                    path -> path.endsWith(".safetensors") && !path.contains("/"),
                    List.of("pytorch_model.bin", "pytorch_model-*.bin", "adapter_model.bin"));

    private final Predicate<String> wanted;
    private final Predicate<String> sign;
    private final List<Pattern> instead;

    private FileSelection(Predicate<String> wanted) {
        this(wanted, path -> true, List.of());
    }

    private FileSelection(Predicate<String> wanted, Predicate<String> sign, List<Pattern> instead) {
        this.wanted = wanted;
        this.sign = sign;
        this.instead = instead;
    }

    /** The same, and the files that match one of the patterns where no file of the repository bears the sign. */
    private FileSelection orWithout(Predicate<String> missing, List<String> patterns) {
        return new FileSelection(
                wanted, missing, patterns.stream().map(FileSelection::pattern).toList());
    }

    /** Those of a repository's files that are wanted, in their order. */
    public List<String> among(List<String> paths) {
        boolean all = paths.stream().noneMatch(sign);
        return paths.stream()
                .filter(path -> wants(path) || (all && matches(instead, path)))
                .toList();
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

    /** Whether a file is wanted whatever else there is. */
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
