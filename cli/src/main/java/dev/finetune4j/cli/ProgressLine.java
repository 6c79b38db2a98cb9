package dev.finetune4j.cli;

import dev.finetune4j.training.listener.RunView;
import dev.finetune4j.training.listener.TrainingListener;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar of the steps with loss, learning rate and time left, on standard error. */
final class ProgressLine implements TrainingListener, AutoCloseable {
    private @Nullable ProgressBar bar;
    private double rate = Double.NaN;

    @Override
    public void runStarted(RunView run) {
        bar = new ProgressBarBuilder()
                .setTaskName("train")
                .setInitialMax(run.totalSteps())
                .startsFrom(run.step(), java.time.Duration.ofMillis((long) (run.elapsedSeconds() * 1000)))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }

    @Override
    public void stepEnded(RunView run) {
        ProgressBar shown = bar;
        if (shown != null) {
            shown.stepTo(run.step());
            String learning = Double.isNaN(rate) ? "" : String.format(Locale.ROOT, "  lr %.2e", rate);
            shown.setExtraMessage(String.format(Locale.ROOT, "loss %.4f%s", run.lastLoss(), learning));
        }
    }

    @Override
    public void logged(RunView run, Map<String, Number> entry) {
        Number logged = entry.get("learning_rate");
        if (logged != null) {
            rate = logged.doubleValue();
        }
    }

    @Override
    public void runEnded(RunView run) {
        close();
    }

    @Override
    public void close() {
        ProgressBar shown = bar;
        bar = null;
        if (shown != null) {
            shown.close();
        }
    }
}
