package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.Stage;

/** What only supervised fine-tuning has. */
final class StageRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        boolean other = arguments.finetuning().stage() != Stage.SFT;
        String text = "%s needs stage sft, but %s is pt. Leave it out.";
        findings.report(other && arguments.data().packing().neatPacking(), text, "neat_packing", "stage");
        findings.report(other && arguments.data().tokenizing().trainOnPrompt(), text, "train_on_prompt", "stage");
        findings.report(other && arguments.data().tokenizing().maskHistory(), text, "mask_history", "stage");
    }
}
