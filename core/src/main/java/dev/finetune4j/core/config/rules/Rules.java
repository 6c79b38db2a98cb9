package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import java.util.List;

/** All families of rules, in the order in which their findings are listed. */
public final class Rules {
    private static final List<Rule> ALL = List.of(
            new ModelRule(),
            new VocabularyRule(),
            new StageRule(),
            new DataRule(),
            new AdapterRule(),
            new EvaluationRule(),
            new ScheduleRule());

    private Rules() {}

    public static void check(FineTuneArguments arguments, Findings findings) {
        ALL.forEach(rule -> rule.check(arguments, findings));
    }
}
