package dev.finetune4j.core.config.reference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.bind.BoundKey;

/** The resource that {@code --help} reads. */
final class ReferenceTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Reference reference;

    ReferenceTable(Reference reference) {
        this.reference = reference;
    }

    String text() throws JsonProcessingException {
        ArrayNode groups = JSON.createArrayNode();
        reference.groups().forEach((group, keys) -> {
            ObjectNode entry = groups.addObject();
            entry.put("group", Reference.heading(group));
            entry.put("about", reference.docs(group).about());
            ArrayNode list = entry.putArray("keys");
            keys.forEach(key -> list.add(key(key)));
        });
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
        return JSON.writer(printer).writeValueAsString(groups) + "\n";
    }

    private ObjectNode key(BoundKey key) {
        ObjectNode entry = JSON.createObjectNode();
        entry.put("key", key.name());
        entry.put("type", key.typeName());
        key.defaultText().ifPresent(text -> entry.put("default", text));
        if (!key.choices().isEmpty()) {
            key.choices().forEach(entry.withArray("choices")::add);
        }
        return entry.put("text", reference.meaning(key));
    }
}
