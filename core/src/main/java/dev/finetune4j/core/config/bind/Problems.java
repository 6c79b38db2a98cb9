package dev.finetune4j.core.config.bind;

import dev.finetune4j.core.config.Setting;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Everything found wrong with one draft, and the keys at fault. */
public final class Problems {
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> faulty = new HashSet<>();

    /** A problem with a given setting. */
    public void add(Setting setting, String text, String suggestion) {
        faulty.add(setting.key());
        problems.add(new Problem(setting.key(), setting.shown(), setting.origin(), text, suggestion));
    }

    /** A problem whose text begins with its key; the place where the key was given is added to both. */
    void add(Problem problem, Setting setting) {
        String text = setting.where() + problem.text().substring(problem.key().length());
        add(setting, text, problem.suggestion());
    }

    public void add(Problem problem) {
        faulty.add(problem.key());
        problems.add(problem);
    }

    /** A key that some other, misspelt key probably meant; nothing more is to be said about it. */
    public void suspect(String key) {
        faulty.add(key);
    }

    /** Whether one of these keys is at fault already, so that a finding about them would follow from that. */
    public boolean touches(Collection<String> keys) {
        return keys.stream().anyMatch(faulty::contains);
    }

    public boolean isEmpty() {
        return problems.isEmpty();
    }

    /** In the order in which their keys were given; missing keys come last. */
    public List<Problem> inOrderOf(List<String> keys) {
        Comparator<Problem> order = Comparator.comparingInt(problem -> {
            int place = keys.indexOf(problem.key());
            return place < 0 ? keys.size() : place;
        });
        return problems.stream().sorted(order).toList();
    }
}
