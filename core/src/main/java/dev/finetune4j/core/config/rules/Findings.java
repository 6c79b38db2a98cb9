package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.Setting;
import dev.finetune4j.core.config.bind.Problems;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.util.List;
import java.util.Map;

/** Collects what rules find. A finding about a key that is at fault already is dropped, since it may follow from that. */
public final class Findings {
    private final Map<String, Setting> given;
    private final Problems problems;

    public Findings(Map<String, Setting> given, Problems problems) {
        this.given = given;
        this.problems = problems;
    }

    /**
     * Reports a broken demand.
     *
     * @param broken nothing is reported unless this holds
     * @param text sentences in which each {@code %s} stands for the next key and where it was given
     * @param keys the keys in the order of the text; the first is the one at fault
     */
    public void report(boolean broken, String text, String... keys) {
        if (!broken || problems.touches(List.of(keys))) {
            return;
        }
        Object[] places = List.of(keys).stream().map(this::place).toArray();
        Setting first = given.get(keys[0]);
        String value = first == null ? "" : first.shown();
        String origin = first == null ? "" : first.origin();
        problems.add(new Problem(keys[0], value, origin, String.format(text, places), ""));
    }

    /** Whether the user gave this key. */
    public boolean isGiven(String key) {
        return given.containsKey(key);
    }

    private String place(String key) {
        Setting setting = given.get(key);
        return setting == null ? key : setting.where();
    }
}
