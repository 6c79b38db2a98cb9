package dev.finetune4j.training.schedule;

import java.util.List;
import java.util.Map;

/**
 * {@code reduce_lr_on_plateau}: multiplies the rate by {@code factor} when the metric has not improved for more than
 * {@code patience} evaluations; the rules and defaults are those of torch's class of that name. No warm-up.
 */
public final class ReduceOnPlateau implements ScheduleFactory {
    @Override
    public String name() {
        return "reduce_lr_on_plateau";
    }

    @Override
    public Schedule create(ScheduleSettings s) {
        Rules rules = new Rules(
                s.word("mode", "min", List.of("min", "max")).equals("max"),
                s.number("factor", 0.1),
                s.steps("patience", 10),
                s.number("threshold", 1e-4),
                s.word("threshold_mode", "rel", List.of("rel", "abs")).equals("rel"),
                s.steps("cooldown", 0),
                s.number("min_lr", 0),
                s.number("eps", 1e-8));
        if (rules.factor >= 1) {
            throw s.problem("factor", rules.factor, "must be below 1, found " + rules.factor);
        }
        return new Plateau(rules, s.learningRate());
    }

    private record Rules(
            boolean rising,
            double factor,
            int patience,
            double threshold,
            boolean relative,
            int cooldown,
            double minimum,
            double smallestChange) {
        boolean better(double metric, double best) {
            if (relative) {
                return rising ? metric > best * (threshold + 1) : metric < best * (1 - threshold);
            }
            return rising ? metric > best + threshold : metric < best - threshold;
        }
    }

    private static final class Plateau implements MetricSchedule {
        private final Rules rules;
        private final double initial;
        private double rate;
        private double best;
        private int bad;
        private int cooling;

        Plateau(Rules rules, double rate) {
            this.rules = rules;
            this.initial = rate;
            this.rate = rate;
            this.best = rules.rising ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }

        @Override
        public double factor(long step) {
            return rate / initial;
        }

        @Override
        public void observe(double metric) {
            if (rules.better(metric, best)) {
                best = metric;
                bad = 0;
            } else {
                bad++;
            }
            if (cooling > 0) {
                cooling--;
                bad = 0;
            }
            if (bad > rules.patience) {
                reduce();
                cooling = rules.cooldown;
                bad = 0;
            }
        }

        private void reduce() {
            double lower = Math.max(rate * rules.factor, rules.minimum);
            if (rate - lower > rules.smallestChange) {
                rate = lower;
            }
        }

        @Override
        public Map<String, Double> state() {
            return Map.of("rate", rate, "best", best, "bad", (double) bad, "cooling", (double) cooling);
        }

        @Override
        public void restore(Map<String, Double> state) {
            rate = state.getOrDefault("rate", rate);
            best = state.getOrDefault("best", best);
            bad = state.getOrDefault("bad", 0.0).intValue();
            cooling = state.getOrDefault("cooling", 0.0).intValue();
        }
    }
}
