package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.config.model.MemoryArguments;
import dev.finetune4j.core.config.training.DeviceArguments;

/** Which model, where it computes, and what it keeps. */
final class ModelRule implements Rule {
    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        findings.report(
                arguments.model().modelNameOrPath() == null,
                "%s is missing. Give the folder that holds config.json, the weights and the tokenizer.",
                "model_name_or_path");
        findings.report(
                arguments.model().trainFromScratch()
                        && !arguments.model().adapterNameOrPath().isEmpty(),
                "%s draws random weights, to which no trained adapter of %s fits. Set one of them.",
                "train_from_scratch",
                "adapter_name_or_path");
        device(arguments.training().device(), findings);
        memory(arguments.model().memory(), findings);
    }

    private static void device(DeviceArguments device, Findings findings) {
        findings.report(
                device.useCpu() && device.device().startsWith("cuda"),
                "%s asks for the CPU and %s for " + device.device() + ". Set one of them.",
                "use_cpu",
                "device");
    }

    private static void memory(MemoryArguments memory, Findings findings) {
        boolean keeps = memory.activations() == Activations.KEEP;
        boolean recomputes = memory.activations() == Activations.RECOMPUTE;
        boolean offloads = memory.activations() == Activations.OFFLOAD;
        findings.report(
                memory.disableGradientCheckpointing() && (recomputes || offloads),
                "%s keeps all activations and %s recomputes them. Set one of them.",
                "disable_gradient_checkpointing",
                "activations");
        findings.report(
                memory.useUnslothGc() && (keeps || recomputes),
                "%s keeps no more than the inputs of blocks and %s more than that. Set one of them.",
                "use_unsloth_gc",
                "activations");
        findings.report(
                memory.useUnslothGc() && memory.disableGradientCheckpointing(),
                "%s recomputes activations and %s keeps them. Set one of them.",
                "use_unsloth_gc",
                "disable_gradient_checkpointing");
    }
}
