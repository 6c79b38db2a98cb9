package dev.finetune4j.core.config.reference;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.bind.BoundKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every bound key with its documentation, group by group, as the generated files show it. */
final class Reference {
    static final Path SOURCES = Path.of("src/main/java/dev/finetune4j/core/config");

    private final Map<String, RecordDocs> docs = RecordDocs.below(SOURCES);

    /** Keys by the record they belong to, in the order of the tree. */
    Map<Class<?>, List<BoundKey>> groups() {
        Map<Class<?>, List<BoundKey>> groups = new LinkedHashMap<>();
        for (BoundKey key : ArgumentsBinder.schema().keys()) {
            groups.computeIfAbsent(key.group(), group -> new ArrayList<>()).add(key);
        }
        return groups;
    }

    RecordDocs docs(Class<?> group) {
        RecordDocs found = docs.get(group.getSimpleName());
        if (found == null) {
            throw new IllegalStateException(group.getSimpleName() + " has no Javadoc");
        }
        return found;
    }

    /** The {@code @param} line of a key. */
    String text(BoundKey key) {
        String text = docs(key.group()).params().get(key.component().getName());
        if (text == null) {
            throw new IllegalStateException(key.group().getSimpleName() + " has no @param "
                    + key.component().getName());
        }
        return text;
    }

    /** The default that the {@code @param} line names at its end. */
    String documentedDefault(BoundKey key) {
        String text = text(key);
        int at = text.lastIndexOf("Default: ");
        return at < 0 ? "(not named)" : text.substring(at + "Default: ".length());
    }

    /** The {@code @param} line without its default. */
    String meaning(BoundKey key) {
        String text = text(key);
        return text.substring(0, Math.max(0, text.lastIndexOf("Default: "))).strip();
    }

    /** {@code BatchArguments} is the group "Batch". */
    static String heading(Class<?> group) {
        return group.getSimpleName().replace("Arguments", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ");
    }
}
