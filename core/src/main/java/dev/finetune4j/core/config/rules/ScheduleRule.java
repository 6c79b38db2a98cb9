package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.bind.Nearest;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.ScheduleArguments;
import dev.finetune4j.core.config.training.SchedulerType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the shape of the learning rate takes and needs. */
final class ScheduleRule implements Rule {
    private static final String KWARGS = "lr_scheduler_kwargs";
    private static final Set<String> WORDS = Set.of("mode", "threshold_mode", "warmup_type", "decay_type");
    private static final Set<String> SHAPES = Set.of("linear", "cosine", "1-sqrt");
    private static final Map<SchedulerType, List<String>> NAMES = Map.of(
            SchedulerType.COSINE, List.of("num_cycles"),
            SchedulerType.COSINE_WITH_RESTARTS, List.of("num_cycles"),
            SchedulerType.POLYNOMIAL, List.of("power", "lr_end"),
            SchedulerType.COSINE_WITH_MIN_LR, List.of("num_cycles", "min_lr", "min_lr_rate"),
            SchedulerType.COSINE_WARMUP_WITH_MIN_LR, List.of("num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate"),
            SchedulerType.REDUCE_LR_ON_PLATEAU,
                    List.of("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps"),
            SchedulerType.WARMUP_STABLE_DECAY,
                    List.of(
                            "warmup_type",
                            "decay_type",
                            "min_lr_ratio",
                            "num_cycles",
                            "num_decay_steps",
                            "num_stable_steps"));

    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        ScheduleArguments schedule = arguments.training().schedule();
        schedule.lrSchedulerKwargs().forEach((name, value) -> entry(schedule, name, value, findings));
        lowest(schedule, findings);
        findings.report(
                schedule.lrSchedulerType() == SchedulerType.POLYNOMIAL
                        && schedule.number("lr_end", 1e-7)
                                >= arguments.training().optimization().learningRate(),
                "%s must end lower than it starts: lr_end is not below %s.",
                KWARGS,
                "learning_rate");
        findings.report(
                schedule.lrSchedulerType() == SchedulerType.REDUCE_LR_ON_PLATEAU
                        && arguments.training().evaluation().evalStrategy() == IntervalStrategy.NO,
                "%s follows evaluations, but %s asks for none. Set it to steps or epoch.",
                "lr_scheduler_type",
                "eval_strategy");
    }

    private static void entry(ScheduleArguments schedule, String name, Object value, Findings findings) {
        String type = schedule.lrSchedulerType().name().toLowerCase(Locale.ROOT);
        List<String> names = NAMES.getOrDefault(schedule.lrSchedulerType(), List.of());
        List<String> near = Nearest.to(name, names);
        String takes = names.isEmpty() ? "takes none" : "takes " + String.join(", ", names);
        String hint = near.isEmpty() ? "" : " Did you mean \"" + near.get(0) + "\"?";
        String shown = name.replace("%", "%%");
        findings.report(
                !names.contains(name),
                "%s has \"" + shown + "\", but %s " + type + " " + takes + "." + hint,
                KWARGS,
                "lr_scheduler_type");
        boolean fits = WORDS.contains(name) ? value instanceof String : value instanceof Number;
        findings.report(
                names.contains(name) && !fits,
                "%s: " + shown + " must be " + (WORDS.contains(name) ? "a word" : "a number") + ", found "
                        + value.toString().replace("%", "%%") + ".",
                KWARGS);
        boolean shape = name.equals("warmup_type") || name.equals("decay_type");
        findings.report(
                shape && value instanceof String word && !SHAPES.contains(word),
                "%s: " + shown + " must be one of linear, cosine, 1-sqrt.",
                KWARGS);
    }

    private static void lowest(ScheduleArguments schedule, Findings findings) {
        boolean lowest = schedule.lrSchedulerType() == SchedulerType.COSINE_WITH_MIN_LR
                || schedule.lrSchedulerType() == SchedulerType.COSINE_WARMUP_WITH_MIN_LR;
        boolean rate = schedule.lrSchedulerKwargs().containsKey("min_lr");
        boolean share = schedule.lrSchedulerKwargs().containsKey("min_lr_rate");
        findings.report(
                lowest && rate == share,
                "%s needs exactly one of min_lr and min_lr_rate in %s.",
                "lr_scheduler_type",
                KWARGS);
    }
}
