package dev.finetune4j.cli.page;

import dev.finetune4j.finetune.RunResult;
import dev.finetune4j.finetune.RunResult.LossPoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** The last words of a run. */
public final class Summary {
    private static final String EXACT = "_exact_match";

    private final PrintWriter out;

    public Summary(PrintWriter out) {
        this.out = out;
    }

    public void print(RunResult result) {
        List<LossPoint> losses = result.losses();
        if (!losses.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "%d steps, loss %.4f at step %d, %.4f at step %d%n",
                    result.steps(),
                    losses.get(0).loss(),
                    losses.get(0).step(),
                    losses.get(losses.size() - 1).loss(),
                    losses.get(losses.size() - 1).step());
        }
        result.metrics().forEach((name, value) -> {
            if (name.startsWith("eval_") && !name.contains("_per_second") && !name.endsWith("_runtime")) {
                out.printf(Locale.ROOT, "%s %.4f%n", name, value.doubleValue());
            }
        });
        exactMatches(result);
        out.println((result.isAdapter() ? "Adapter" : losses.isEmpty() ? "Results" : "Model") + " in "
                + result.outputDir());
        out.flush();
    }

    /** How many answers of each evaluation set were wholly right before the first step and are at the end. */
    private void exactMatches(RunResult result) {
        TreeSet<String> names = new TreeSet<>();
        result.history()
                .forEach(entry -> entry.keySet().stream()
                        .filter(key -> key.endsWith(EXACT))
                        .forEach(names::add));
        for (String name : names) {
            List<LossPoint> points = result.series(name);
            LossPoint first = points.get(0);
            Number last = result.metrics().get(name);
            if (first.step() == 0 && last != null) {
                out.printf(
                        Locale.ROOT,
                        "Held-back answers right (%s): %.1f %% before, %.1f %% after%n",
                        name,
                        100 * first.loss(),
                        100 * last.doubleValue());
            }
        }
    }
}
