package dev.finetune4j.finetune;

import dev.finetune4j.core.testing.SoakLine;
import dev.finetune4j.training.listener.RunView;
import dev.finetune4j.training.listener.TrainingListener;
import java.nio.file.Path;

/**
 * A LoRA run with all that surrounds the steps of a real one: rows of many lengths, dropout, accumulation, logs, evaluations
 * and checkpoints. Prints a {@link SoakLine} every so often.
 */
final class SoakRun {
    static final int EVERY = 25;
    private static final int ROWS = 400;

    private SoakRun() {}

    /** Takes the folder of a {@link TinyWorld} and a number of steps. */
    public static void main(String[] arguments) {
        TinyWorld.at(Path.of(arguments[0]))
                .draft("out")
                .lora(lora -> lora.rank(4).dropout(0.1))
                .dataset("many", TinyWorld.rows(ROWS, 5))
                .evalDataset("held")
                .cutoffLen(128)
                .learningRate(1e-3)
                .set("max_steps", Integer.parseInt(arguments[1]))
                .set("logging_steps", 10)
                .set("eval_strategy", "steps")
                .set("eval_steps", 50)
                .set("save_steps", 100)
                .set("save_total_limit", 2)
                .listener(new Meter())
                .build()
                .run();
    }

    private static final class Meter implements TrainingListener {
        @Override
        public void stepEnded(RunView run) {
            if (run.step() % EVERY == 0) {
                SoakLine.print(run.step(), run.lastLoss());
            }
        }
    }
}
