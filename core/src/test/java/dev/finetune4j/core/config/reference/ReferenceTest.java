package dev.finetune4j.core.config.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.bind.BoundKey;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The records' Javadoc is the only documentation of settings; the reference page and the table behind {@code --help} are
 * made from it and committed. {@code -Dfinetune4j.update=true} writes them anew.
 */
class ReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/parameters.md");
    private static final Path TABLE = Path.of("src/main/resources/dev/finetune4j/core/config/settings.json");
    private static final boolean UPDATE = Boolean.getBoolean("finetune4j.update");

    private final Reference reference = new Reference();

    @Test
    void everyKeyIsDocumentedWithTheDefaultItHas() {
        for (Map.Entry<Class<?>, List<BoundKey>> group : reference.groups().entrySet()) {
            for (BoundKey key : group.getValue()) {
                String declared = key.defaultText().orElse("none");
                assertEquals(declared, reference.documentedDefault(key), key.name() + " in " + group.getKey());
                assertFalse(reference.meaning(key).isEmpty(), key.name());
            }
        }
    }

    @Test
    void everyComponentOfARecordHasItsParam() {
        for (Class<?> group : reference.groups().keySet()) {
            List<String> components = Arrays.stream(group.getRecordComponents())
                    .map(RecordComponent::getName)
                    .toList();
            assertEquals(components, List.copyOf(reference.docs(group).params().keySet()), group.getSimpleName());
            assertTrue(components.size() <= 15, group.getSimpleName() + " has more than 15 components");
        }
    }

    @Test
    void theReferencePageIsUpToDate() throws IOException {
        compare(PAGE, new ReferencePage(reference).text());
    }

    @Test
    void theTableBehindHelpIsUpToDate() throws IOException {
        compare(TABLE, new ReferenceTable(reference).text());
    }

    private static void compare(Path file, String expected) throws IOException {
        if (UPDATE) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected);
        }
        String committed = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        assertEquals(expected, committed, file + " is out of date; run with -Dfinetune4j.update=true and commit it");
    }
}
