package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
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
    }
}
