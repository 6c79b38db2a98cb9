package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.data.TokenizingArguments;

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
        String place = data.datasetDir().toString();
        findings.report(
                place.equals("ONLINE") || place.startsWith("REMOTE:"),
                "known, not available yet: %s. Download the data and give its folder.",
                "dataset_dir");
        labels(data.tokenizing(), findings);
    }

    private static void labels(TokenizingArguments tokenizing, Findings findings) {
        findings.report(
                tokenizing.maskHistory() && tokenizing.trainOnPrompt(),
                "%s takes labels from earlier turns and %s gives them to prompts. Set one of them.",
                "mask_history",
                "train_on_prompt");
    }
}
