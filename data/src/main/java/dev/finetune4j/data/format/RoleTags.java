package dev.finetune4j.data.format;

import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.format.Fields.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which role a message's tag says, and the complaint about one that says none. */
final class RoleTags {
    private final String key;
    private final Map<String, Role> roles = new LinkedHashMap<>();

    RoleTags(Tags tags) {
        this.key = String.valueOf(tags.role());
        put(tags.user(), Role.USER);
        put(tags.assistant(), Role.ASSISTANT);
        put(tags.observation(), Role.OBSERVATION);
        put(tags.function(), Role.FUNCTION);
    }

    private void put(@Nullable String tag, Role role) {
        if (tag != null) {
            roles.put(tag, role);
        }
    }

    boolean knows(Object tag) {
        return roles.containsKey(tag);
    }

    /** Who speaks; null where the tag is missing or none of them. */
    @Nullable
    Role of(Map<?, ?> message) {
        return message.get(key) instanceof String tag ? roles.get(tag) : null;
    }

    /** @param answer whether the model should speak here */
    Fault unexpected(Map<?, ?> message, String field, boolean answer) {
        String expected = roles.entrySet().stream()
                .filter(entry -> entry.getValue().isAnswer() == answer)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        return new Fault(field + "." + key, "expected one of " + expected, Fields.describe(message.get(key)));
    }
}
