package dev.finetune4j.finetune.run;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.data.dataset.random.TorchPermutation;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.training.Trainer;
import dev.finetune4j.training.TrainerOptions;
import dev.finetune4j.training.TrainerParts;
import dev.finetune4j.training.TrainingResult;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.listener.TrainerLog;
import dev.finetune4j.training.listener.TrainingListener;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.rows.EpochOrder;
import dev.finetune4j.training.rows.StepPlan;
import dev.finetune4j.training.walk.BatchWalk;
import dev.finetune4j.training.walk.Walk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run, from its settings to its files. {@link #execute} is called once, on one thread; {@link #stop} on any. */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final RunRequest request;
    private final List<TrainingListener> listeners;
    private volatile boolean stopRequested;
    private volatile @Nullable Trainer trainer;

    public Pipeline(RunRequest request, List<TrainingListener> listeners) {
        this.request = request;
        this.listeners = List.copyOf(listeners);
    }

    /** Asks the run to end after the step under way. */
    public void stop() {
        stopRequested = true;
        Trainer running = trainer;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Runs.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if it cannot be done
     */
    public Outcome execute() {
        try (Preparation run = Preparation.of(request);
                Scope scope = Scope.open("run")) {
            for (String line : run.text().split("\n")) {
                LOG.info("{}", line);
            }
            AttentionKernel kernel = ModelLoading.kernel(run);
            try (Decoder decoder = ModelLoading.load(run, kernel)) {
                return execute(run, decoder, kernel);
            }
        }
    }

    private Outcome execute(Preparation run, Decoder decoder, AttentionKernel kernel) {
        Adapter adapter = ModelLoading.install(decoder, run);
        FineTuneArguments arguments = run.arguments();
        if (arguments.model().printParamStatus()) {
            ParameterStatus.lines(decoder.parameters()).forEach(line -> LOG.info("{}", line));
        }
        Walk.Options options = new Walk.Options(
                run.policies(),
                run.decisions().headChunk(),
                arguments.training().optimization().labelSmoothingFactor(),
                arguments.training().batch().seed(),
                run.routerLossCoefficient());
        BatchWalk walk = ShiftedWalk.around(new Walk(decoder, options), kernel);
        Evaluation evaluation = new Evaluation(run, walk, System::nanoTime);
        ResultWriter files = new ResultWriter(run);
        files.begin();
        ResultModel model = new ResultModel(run, decoder, adapter);
        TrainingResult trained = train(run, decoder, walk, evaluation, model);
        Map<String, Number> metrics = new LinkedHashMap<>();
        boolean stopped = trained != null && trained.stoppedByUser();
        // A run that was stopped before its first step has nothing to give away.
        if (trained != null && !(stopped && trained.stepsRun() == 0)) {
            model.save(run.output().path());
            files.trained(trained);
            metrics.putAll(trained.metrics());
        }
        if (arguments.training().evaluates() && !stopped) {
            metrics.putAll(files.evaluated(lastEvaluation(run, trained, evaluation)));
        }
        return new Outcome(
                run.output().path(),
                adapter.separable() && trained != null,
                metrics,
                trained == null ? List.of() : trained.state().history(),
                trained == null ? 0 : trained.state().step(),
                stopped,
                trained == null ? null : trained.checkpoint());
    }

    private @Nullable TrainingResult train(
            Preparation run, Decoder decoder, BatchWalk walk, Evaluation evaluation, ResultModel model) {
        StepPlan steps = run.steps();
        EncodedRows rows = run.data().train();
        if (steps == null || rows == null) {
            return null;
        }
        FineTuneArguments arguments = run.arguments();
        Checkpoint resume = run.output().resume();
        int total = resume == null
                ? steps.totalSteps()
                : steps.totalStepsFrom(resume.state().progress().position(), resume.step());
        List<TrainingListener> all = new ArrayList<>(
                List.of(new TrainerLog(Disk.DEFAULT, run.output().path())));
        all.addAll(listeners);
        try (Optimizer optimizer = TrainerSettings.optimizer(arguments)) {
            TrainerParts parts = new TrainerParts(
                    walk,
                    decoder.parameters(),
                    new EncodedSource(rows, run),
                    order(arguments),
                    optimizer,
                    TrainerSettings.schedule(arguments, total),
                    evaluation.evaluators(),
                    all,
                    new Checkpoints(run.output().path(), model, Disk.DEFAULT),
                    resume,
                    System::nanoTime);
            TrainerOptions options = TrainerSettings.options(run, decoder);
            Trainer running = new Trainer(parts, options);
            trainer = running;
            if (stopRequested) {
                running.stop();
            }
            return running.run();
        }
    }

    /** The order of the Hugging Face trainer: torch's permutation of a seed that grows by one each epoch. A stream has its own. */
    private static EpochOrder order(FineTuneArguments arguments) {
        long seed = arguments.training().shuffleSeed();
        boolean ordered = arguments.finetuning().disableShuffling()
                || arguments.data().mixing().streaming();
        return ordered ? EpochOrder.SEQUENTIAL : (epoch, rows) -> TorchPermutation.of(rows, seed + epoch);
    }

    /** Figures of the weights that the run ends with; those of the last step if it evaluated them. */
    private static Map<String, Number> lastEvaluation(
            Preparation run, @Nullable TrainingResult trained, Evaluation evaluation) {
        if (trained == null
                || run.arguments().training().evaluation().loadBestModelAtEnd()
                || run.arguments().training().evaluation().evalStrategy() == IntervalStrategy.NO) {
            return evaluation.evaluate();
        }
        Map<String, Number> last = new LinkedHashMap<>();
        for (Map<String, Number> entry : trained.state().history()) {
            boolean evaluated = entry.keySet().stream().anyMatch(key -> key.startsWith("eval_"));
            if (evaluated && Integer.valueOf(trained.state().step()).equals(entry.get("step"))) {
                last.putAll(entry);
            }
        }
        last.remove("step");
        return last.isEmpty() ? evaluation.evaluate() : last;
    }
}
