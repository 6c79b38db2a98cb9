package dev.finetune4j.data.check;

import dev.finetune4j.data.sample.CutReport;
import java.util.List;

/**
 * What the data of a run looks like, and what encoding makes of it.
 *
 * @param sets one for each data set that a file holds
 * @param report what encoding kept, cut and left out
 * @param first the first rows as a model sees them; empty where none can be encoded
 * @param fault why a run would stop here; empty where it would go on
 */
public record DataCheck(List<SetCheck> sets, CutReport report, List<Preview> first, String fault) {
    public DataCheck {
        sets = List.copyOf(sets);
        first = List.copyOf(first);
    }

    /** Whether every set is described rightly and has rows to learn from. */
    public boolean isFine() {
        return fault.isEmpty()
                && sets.stream().allMatch(set -> set.fault().isEmpty() && set.proposal() == null && set.usable() > 0);
    }
}
