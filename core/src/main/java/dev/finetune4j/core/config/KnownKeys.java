package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.finetune4j.core.config.KnownKey.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All keys that are known and not bound, read once from {@code known-keys.yaml} beside this class. */
public final class KnownKeys {
    private static final String RESOURCE = "known-keys.yaml";
    private static final Map<String, KnownKey> ALL = load();

    private KnownKeys() {}

    public static Optional<KnownKey> find(String key) {
        return Optional.ofNullable(ALL.get(key));
    }

    public static Collection<KnownKey> all() {
        return ALL.values();
    }

    /** The keys that this version refuses unless they have their default, in the order of their groups. */
    public static List<KnownKey> refused() {
        return ALL.values().stream()
                .filter(key -> key.standing() != Standing.INERT)
                .toList();
    }

    private static Map<String, KnownKey> load() {
        Map<String, KnownKey> keys = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> group : Resources.yaml(RESOURCE).properties()) {
            group.getValue().properties().forEach(entry -> {
                KnownKey key = key(entry.getKey(), group.getKey(), entry.getValue());
                if (keys.put(key.key(), key) != null) {
                    throw new IllegalStateException(key.key() + " stands twice in " + RESOURCE);
                }
            });
        }
        return Collections.unmodifiableMap(keys);
    }

    private static KnownKey key(String name, String group, JsonNode facts) {
        Standing standing =
                facts.has("inert") ? Standing.INERT : facts.has("derived") ? Standing.DERIVED : Standing.LATER;
        String hint = facts.path("inert").asText()
                + facts.path("derived").asText()
                + facts.path("instead").asText();
        List<JsonNode> same = new ArrayList<>();
        facts.path("same").forEach(same::add);
        JsonNode value = facts.has("default") ? facts.get("default") : NullNode.getInstance();
        return new KnownKey(name, group, standing, value, List.copyOf(same), hint);
    }
}
