package dev.finetune4j.core.error;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be used; carries every problem found, not only the first. */
public final class ConfigException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::text).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** A single problem. */
    public ConfigException(Problem problem) {
        this(List.of(problem));
    }

    public List<Problem> problems() {
        return problems;
    }

    /**
     * One thing that is wrong with one setting.
     *
     * @param key the setting, or an empty text where no single key is at fault
     * @param value what was given, as text; secrets are masked
     * @param origin where it was given, such as {@code train.yaml:12}, {@code builder} or {@code command line}
     * @param text the whole sentence for the user
     * @param suggestion the nearest known key or value, or an empty text
     */
    public record Problem(String key, String value, String origin, String text, String suggestion) {}
}
