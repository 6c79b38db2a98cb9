package dev.finetune4j.core.config.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.config.reference.SettingsReference.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsReferenceTest {
    @Test
    void everyBoundKeyIsInTheReference() {
        List<String> listed = entries().stream().map(Entry::key).toList();
        assertEquals(
                ArgumentsBinder.schema().keys().stream().map(BoundKey::name).toList(), listed);
    }

    @Test
    void entriesCarryTypeDefaultAndChoices() {
        Entry stage = entries().stream()
                .filter(entry -> entry.key().equals("stage"))
                .findFirst()
                .orElseThrow();
        assertEquals("sft", stage.defaultText());
        assertEquals(List.of("pt", "sft"), stage.choices());
        Entry model = entries().get(0);
        assertEquals("model_name_or_path", model.key());
        assertNull(model.defaultText());
        assertNull(model.choices());
    }

    private static List<Entry> entries() {
        return SettingsReference.groups().stream()
                .flatMap(group -> group.keys().stream())
                .toList();
    }
}
