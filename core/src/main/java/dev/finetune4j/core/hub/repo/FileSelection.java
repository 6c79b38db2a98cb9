package dev.finetune4j.core.hub.repo;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a repository are wanted: those that match an allowed pattern (all, if there is none) and no ignored one.
 * Patterns are shell wildcards whose {@code *} also matches slashes; a pattern that ends with a slash means all below.
 */
public final class FileSelection {
    public static final FileSelection ALL = new FileSelection(path -> true);

    /**
     * What a model is read from: settings, tokenizer, chat templates, safetensors, and pickles where the repository has no
     * safetensors, or its only GGUF file where it has neither. Copies in other formats, and the states that a training run left behind, stay on the hub.
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
                    List.of("pytorch_model.bin", "pytorch_model-*.bin", "adapter_model.bin"),
                    List.of("*.gguf"));

    private final Predicate<String> wanted;
    private final Predicate<String> sign;
    private final List<Pattern> instead;
    private final List<Pattern> alone;

    private FileSelection(Predicate<String> wanted) {
        this(wanted, path -> true, List.of(), List.of());
    }

    private FileSelection(
            Predicate<String> wanted, Predicate<String> sign, List<Pattern> instead, List<Pattern> alone) {
        this.wanted = wanted;
        this.sign = sign;
        this.instead = instead;
        this.alone = alone;
    }

    /**
     * The same, and where no file of the repository bears the sign, the files that match one of the patterns, or else the only
     * one that matches one of {@code single}.
     */
    private FileSelection orWithout(Predicate<String> missing, List<String> patterns, List<String> single) {
        return new FileSelection(
                wanted,
                missing,
                patterns.stream().map(FileSelection::pattern).toList(),
                single.stream().map(FileSelection::pattern).toList());
    }

    /** Those of a repository's files that are wanted, in their order. */
    public List<String> among(List<String> paths) {
        boolean all = paths.stream().noneMatch(sign);
        String single = all && paths.stream().noneMatch(path -> matches(instead, path)) ? single(paths) : null;
        return paths.stream()
                .filter(path -> wants(path) || (all && matches(instead, path)) || path.equals(single))
                .toList();
    }

    /** The only file of a repository that is a model by itself; null where there are several. */
    private @Nullable String single(List<String> paths) {
        List<String> found = paths.stream().filter(path -> matches(alone, path)).toList();
        return found.size() == 1 ? found.get(0) : null;
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
