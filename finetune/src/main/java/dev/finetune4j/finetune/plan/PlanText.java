package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.Honoured;
import dev.finetune4j.core.config.data.MixingArguments;
import dev.finetune4j.core.config.data.PackingArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.TrainingArguments;
import dev.finetune4j.core.gguf.GgufFolder;
import dev.finetune4j.core.model.build.ModelShapes;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.vocabulary.NewToken;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.RowStatistics;
import dev.finetune4j.data.tokenizer.rebuild.TokenizerRebuild;
import dev.finetune4j.finetune.memory.ActivationPlan;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import dev.finetune4j.finetune.rows.RunHubs;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.rows.StepPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a prepared run, one fact a line. */
final class PlanText {
    /** New tokens that are named. */
    private static final int LISTED = 8;

    private final Preparation run;
    private final FineTuneArguments arguments;
    private final StringBuilder out = new StringBuilder();

    private PlanText(Preparation run) {
        this.run = run;
        this.arguments = run.arguments();
    }

    static String of(Preparation run) {
        PlanText text = new PlanText(run);
        text.model();
        text.trains();
        text.computes();
        text.data();
        text.steps();
        text.activations();
        text.memory();
        text.output();
        text.notes();
        return text.out.toString();
    }

    private void line(String title, String format, Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s ", title))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    private void model() {
        ModelConfig config = run.config();
        line(
                "model",
                "%s: %s, %,d parameters (%d blocks, hidden %d, vocabulary %,d), stored in %s",
                run.modelFolder(),
                config.modelType(),
                ModelShapes.parameters(config),
                config.sizes().layers(),
                config.sizes().hidden(),
                config.sizes().vocabulary(),
                config.storedDType().configName());
        GgufFolder.file(run.modelFolder())
                .ifPresent(file -> line("", "weights, config and tokenizer read from %s", file));
        TokenizerRebuild.origin(run.modelFolder()).ifPresent(origin -> line("", "tokenizer.json made from %s", origin));
        if (arguments.model().trainFromScratch()) {
            line(
                    "",
                    "weights are drawn anew from seed %d",
                    arguments.training().batch().seed());
        }
        vocabulary(run.vocabulary());
        if (run.held().all() != null) {
            line("", "weights are held in %s", run.held().all().configName());
        }
        if (run.held().wideNorms()) {
            line("", "norm weights are held in float32");
        }
        if (run.ropeNote() != null) {
            line("", "%s", run.ropeNote());
        }
        config.ropes().stream()
                .filter(rope -> !rope.scaling().equals("default"))
                .forEach(rope -> line("", "rope scaling %s, factor %s", rope.scaling(), number(rope.factor())));
    }

    private void vocabulary(VocabularyPlan vocabulary) {
        int count = vocabulary.resize().tokens().size();
        if (vocabulary.grows()) {
            line(
                    "",
                    "embedding of %,d rows grows to %,d for %,d tokens",
                    vocabulary.resize().stored(),
                    vocabulary.resize().rows(),
                    run.data().tokenizer().vocabularySize());
        }
        if (count > 0) {
            line("", "%,d new tokens: %s", count, names(vocabulary.resize().tokens()));
        } else if (vocabulary.on()) {
            line("", "every token has a trained row; nothing is resized");
        }
        if (count > 0 && arguments.training().trains() && !vocabulary.learned()) {
            line(
                    "warning",
                    "the rows of new tokens do not train and keep their first values; name the embedding in %s",
                    arguments.finetuning().finetuningType() == FinetuningType.FREEZE
                            ? "freeze_extra_modules"
                            : "additional_target");
        }
    }

    private static String names(List<NewToken> tokens) {
        String names = tokens.stream()
                .limit(LISTED)
                .map(token -> token.text() + (token.description().isEmpty() ? "" : " (described)"))
                .collect(Collectors.joining(", "));
        return tokens.size() > LISTED ? names + ", ..." : names;
    }

    private void trains() {
        if (!arguments.training().trains()) {
            line("trains", "nothing, the run only evaluates");
            return;
        }
        long count = run.trainableParameters();
        FinetuningType type = arguments.finetuning().finetuningType();
        String how = type.name().toLowerCase(Locale.ROOT);
        if (type == FinetuningType.LORA) {
            how += lora();
        }
        line(
                "trains",
                "%s: %,d parameters, %.2f %%, in %s",
                how,
                count,
                100.0 * count / ModelShapes.parameters(run.config()),
                arguments.finetuning().pureBf16() ? run.config().storedDType().configName() : "float32");
        for (Path folder : arguments.model().adapterFolders()) {
            line("", "starts from adapter %s", folder);
        }
        if (run.routerLoss().note() != null) {
            line("", "%s", run.routerLoss().note());
        }
    }

    private String lora() {
        List<String> whole = run.vocabulary().wholeModules();
        return String.format(
                Locale.ROOT,
                " of rank %d, scale %s, on %s%s",
                arguments.finetuning().lora().loraRank(),
                number(arguments.finetuning().lora().scale()),
                String.join(", ", arguments.finetuning().lora().loraTarget()),
                whole.isEmpty() ? "" : ", and all of " + String.join(", ", whole));
    }

    private void computes() {
        line(
                "computes",
                "on %s with %d threads; %s; attention kernel %s, %s; head %d tokens a pass",
                run.device(),
                run.decisions().threads(),
                run.decisions().policy().reason(),
                run.decisions().attentionKernel(),
                run.kernelReason(),
                run.decisions().headChunk());
        if (run.shiftsAttention()) {
            line(
                    "",
                    "training attends within quarters of each text, shifted for half of the heads; evaluation to all of it");
        }
    }

    private void data() {
        EncodedRows train = run.data().train();
        if (train != null) {
            rows("data", String.join(", ", arguments.data().dataset()), train);
        }
        run.data().evaluation().forEach((name, rows) -> rows("evaluation", name, rows));
        PackingArguments packing = arguments.data().packing();
        String packed = packing.neatPacking()
                ? ", neatly packed"
                : packing.packs(arguments.finetuning().stage()) ? ", packed" : "";
        line(
                "rows",
                "stage %s, template %s%s, cutoff_len %d%s%s",
                arguments.finetuning().stage().name().toLowerCase(Locale.ROOT),
                run.data().template().name(),
                RunHubs.defaultTemplate(arguments) == null
                        ? ""
                        : " (the default of " + arguments.model().modelNameOrPath() + ")",
                arguments.data().tokenizing().cutoffLen(),
                packed,
                order());
    }

    private String order() {
        MixingArguments mixing = arguments.data().mixing();
        if (mixing.streaming()) {
            return mixing.bufferSize() == 1
                    ? ", in their order"
                    : ", drawn from %,d at a time with seed %d"
                            .formatted(
                                    mixing.bufferSize(),
                                    arguments.training().batch().seed());
        }
        return arguments.finetuning().disableShuffling()
                ? ", in their order"
                : ", shuffled with seed " + arguments.training().shuffleSeed();
    }

    private void rows(String title, String name, EncodedRows rows) {
        if (rows.streams()) {
            line(title, "%s: read while training, %,d rows", name, rows.count());
            return;
        }
        RowStatistics all = rows.statistics();
        line(
                title,
                "%s: %,d rows, %,d tokens, %,d learned, longest %d",
                name,
                rows.count(),
                all.tokens(),
                all.labelled(),
                all.longest());
        CutReport report = rows.report();
        for (CutReport.Line source : report.lines()) {
            if (source.cut() > 0 || source.kept() < source.rows()) {
                line(
                        "",
                        "%s: %,d of %,d rows cut, %,d tokens lost, %,d rows left out",
                        source.dataset(),
                        source.cut(),
                        source.rows(),
                        source.lostTokens(),
                        source.rows() - source.kept());
            }
        }
    }

    private void steps() {
        StepPlan steps = run.steps();
        if (steps == null) {
            return;
        }
        TrainingArguments training = arguments.training();
        int total = steps.totalSteps();
        line(
                "steps",
                "%,d of %d x %d rows, %,d an epoch; %s, learning rate %s, %s",
                total,
                steps.batchSize(),
                steps.accumulation(),
                steps.updatesPerEpoch(),
                training.optimization().optim(),
                number(training.optimization().learningRate()),
                training.schedule().lrSchedulerType().name().toLowerCase(Locale.ROOT));
        line(
                "",
                "logs %s, evaluates %s, saves %s",
                when(training.logging().loggingStrategy(), training.logging().every(total)),
                when(training.evaluation().evalStrategy(), training.evaluation().every(total, training.logging())),
                when(training.checkpoint().saveStrategy(), training.checkpoint().every(total)));
        Checkpoint resume = run.output().resume();
        if (resume != null) {
            int left = steps.totalStepsFrom(resume.state().progress().position(), resume.step()) - resume.step();
            line("resume", "from %s: step %d done, %d to go", resume.folder(), resume.step(), left);
        }
    }

    private static String when(IntervalStrategy strategy, int every) {
        return switch (strategy) {
            case NO -> "never";
            case STEPS -> "every " + every + (every == 1 ? " step" : " steps");
            case EPOCH -> "every epoch";
        };
    }

    private void activations() {
        if (run.steps() == null) {
            return;
        }
        int traced = run.config().sizes().layers() - run.trainable().lowestBlock();
        int kept = Math.min(traced, run.decisions().keptBlocks());
        Activations wish = arguments.model().memory().policy();
        long most = run.decisions().tokensPerWalk();
        line(
                "activations",
                "%s: %d blocks keep theirs, %d are computed again%s%s%s",
                wish == Activations.AUTO ? "auto" : "as asked",
                kept,
                traced - kept,
                wish == Activations.OFFLOAD ? " from their inputs in host memory" : "",
                traced < run.config().sizes().layers()
                        ? ", " + (run.config().sizes().layers() - traced) + " need none"
                        : "",
                most == ActivationPlan.UNDIVIDED ? "" : ", at most " + most + " tokens walk at a time");
    }

    private void memory() {
        MemoryEstimate memory = run.memory();
        line(
                "memory",
                "load %s, train %s, evaluate %s, save %s; budget %s",
                MemoryEstimate.megabytes(memory.load()),
                MemoryEstimate.megabytes(memory.train()),
                MemoryEstimate.megabytes(memory.evaluate()),
                MemoryEstimate.megabytes(memory.save()),
                MemoryEstimate.megabytes(memory.budget()));
        if (!memory.fits()) {
            line(
                    "warning",
                    "the forecast exceeds the budget; %s",
                    run.routerLossCoefficient() == 0
                            ? "the longest row cannot be divided. Lower cutoff_len."
                            : "the balance of experts is one of whole micro-batches. Lower per_device_train_batch_size.");
        }
    }

    private void output() {
        boolean adapter = arguments.finetuning().finetuningType() == FinetuningType.LORA;
        String files = !arguments.training().trains()
                ? "eval_results.json"
                : (adapter ? "adapter_model.safetensors, adapter_config.json" : "model.safetensors, config.json")
                        + ", tokenizer, trainer_log.jsonl, trainer_state.json, all_results.json";
        String plot = arguments.finetuning().plotLoss() ? ", training_loss.png" : "";
        line("output", "%s: %s%s", run.output().path(), files, plot);
    }

    private void notes() {
        PackingArguments packing = arguments.data().packing();
        if (Boolean.TRUE.equals(packing.packing()) && !packing.neatPacking() && run.steps() != null) {
            line(
                    "warning",
                    "packing lets the rows of a block see each other, as LLaMA-Factory's does; neat_packing: true keeps"
                            + " them apart");
        }
        for (Honoured note : run.request().notes()) {
            line("note", "%s", note.text());
        }
    }

    /** Without needless zeros. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
