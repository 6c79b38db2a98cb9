package dev.finetune4j.data.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Of what and how rows were encoded. Two runs with equal keys encode the same samples.
 *
 * @param facts by name: settings, and digests of files
 */
public record CacheKey(Map<String, String> facts) {
    private static final int SHOWN = 60;

    public CacheKey {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** What another key says differently, one sentence a fact. */
    List<String> differences(CacheKey other) {
        Set<String> names = new LinkedHashSet<>(facts.keySet());
        names.addAll(other.facts.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String mine = facts.getOrDefault(name, "");
            String theirs = other.facts.getOrDefault(name, "");
            if (!mine.equals(theirs)) {
                differences.add(name + " was " + shown(mine) + " and is " + shown(theirs));
            }
        }
        return differences;
    }

    private static String shown(String value) {
        if (value.isEmpty()) {
            return "absent";
        }
        return value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "…";
    }
}
