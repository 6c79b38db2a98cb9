package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import java.nio.file.Path;
import java.util.Locale;

/** What only adapters have. */
final class AdapterRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        boolean plain = arguments.finetuning().finetuningType() != FinetuningType.LORA;
        String type = arguments.finetuning().finetuningType().name().toLowerCase(Locale.ROOT);
        boolean adapters = !arguments.model().adapterNameOrPath().isEmpty();
        findings.report(
                plain && adapters,
                "%s needs finetuning_type lora, but %s is " + type
                        + ". Merge the adapter into the model first, or use lora.",
                "adapter_name_or_path",
                "finetuning_type");
        findings.report(
                plain && arguments.finetuning().lora().useRslora(),
                "%s needs finetuning_type lora, but %s is " + type + ". Leave it out.",
                "use_rslora",
                "finetuning_type");
        findings.report(
                arguments.finetuning().adapter().createNewAdapter() && !adapters,
                "%s merges the adapters of %s, which is missing. A run without them trains a fresh adapter anyway.",
                "create_new_adapter",
                "adapter_name_or_path");
        String folder = arguments.model().adapterFolder();
        findings.report(
                folder != null && !adapters,
                "%s is a sub-folder of %s, which is missing. Name the adapter's folder.",
                "adapter_folder",
                "adapter_name_or_path");
        findings.report(
                folder != null && leaves(folder),
                "%s must lie inside each folder of %s. Give a relative path without \"..\".",
                "adapter_folder",
                "adapter_name_or_path");
    }

    private static boolean leaves(String folder) {
        Path path = Path.of(folder);
        return path.isAbsolute() || path.normalize().startsWith("..");
    }
}
