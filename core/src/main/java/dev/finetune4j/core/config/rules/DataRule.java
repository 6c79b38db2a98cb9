package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.data.MixStrategy;
import dev.finetune4j.core.config.data.TokenizingArguments;
import java.util.List;

/** Which sets are read, and which rows are held back. */
final class DataRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        DataArguments data = arguments.data();
        boolean splits = data.valSize() > 0;
        findings.report(
                arguments.training().trains() && data.dataset().isEmpty(),
                "%s is missing. Name at least one training set of dataset_info.json.",
                "dataset");
        findings.report(
                splits && data.dataset().isEmpty() && !arguments.training().trains(),
                "%s holds back rows of %s, which is missing.",
                "val_size",
                "dataset");
        findings.report(
                splits && !data.evalDataset().isEmpty(),
                "%s splits the training rows and %s names rows for evaluation. Set one of them.",
                "val_size",
                "eval_dataset");
        findings.report(
                data.evalOnEachDataset() && data.evalDataset().isEmpty(),
                "%s needs %s, which is missing.",
                "eval_on_each_dataset",
                "eval_dataset");
        labels(data.tokenizing(), findings);
        mixing(data, findings);
        streaming(arguments, findings);
    }

    private static void labels(TokenizingArguments tokenizing, Findings findings) {
        findings.report(
                tokenizing.maskHistory() && tokenizing.trainOnPrompt(),
                "%s takes labels from earlier turns and %s gives them to prompts. Set one of them.",
                "mask_history",
                "train_on_prompt");
    }

    private static void mixing(DataArguments data, Findings findings) {
        List<String> chances = data.mixing().interleaveProbs();
        findings.report(
                !chances.isEmpty() && data.mixing().mixStrategy() == MixStrategy.CONCAT,
                "%s draws sets, but %s is concat. Choose a strategy that interleaves, or leave the chances out.",
                "interleave_probs",
                "mix_strategy");
        findings.report(
                !chances.isEmpty()
                        && !data.dataset().isEmpty()
                        && chances.size() != data.dataset().size(),
                "%s must have as many numbers as %s has names.",
                "interleave_probs",
                "dataset");
        findings.report(
                !chances.isEmpty()
                        && !data.evalOnEachDataset()
                        && !data.evalDataset().isEmpty()
                        && chances.size() != data.evalDataset().size(),
                "%s mixes the evaluation sets too, so it must have as many numbers as %s has names. Set"
                        + " eval_on_each_dataset to keep them apart.",
                "interleave_probs",
                "eval_dataset");
    }

    private static void streaming(FineTuneArguments arguments, Findings findings) {
        DataArguments data = arguments.data();
        boolean streams = data.mixing().streaming();
        findings.report(
                streams
                        && arguments.training().trains()
                        && arguments.training().batch().maxSteps() <= 0,
                "%s does not know how many rows there are, so %s must say when to stop.",
                "streaming",
                "max_steps");
        findings.report(
                streams && data.maxSamples() != null,
                "%s reads rows as training needs them; %s has no place. Use max_steps.",
                "streaming",
                "max_samples");
        findings.report(
                streams && data.valSize() > 0 && data.valSize() < 1,
                "%s does not know how many rows there are, so %s must be a number of rows, not a share.",
                "streaming",
                "val_size");
        findings.report(
                streams && data.tokenizing().tokenizedPath() != null,
                "%s keeps nothing, so %s cannot be filled. Set one of them.",
                "streaming",
                "tokenized_path");
    }
}
