package dev.finetune4j.adapters.peft;

/** Names of tensors in {@code adapter_model.safetensors}. */
public final class PeftNames {
    /** What PEFT puts before the base model's own names. */
    public static final String PREFIX = "base_model.model.";

    private PeftNames() {}

    /** The factor that reads a module's input, {@code [rank, in]}. */
    public static String loraA(String module) {
        return PREFIX + module + ".lora_A.weight";
    }

    /** The factor that writes to a module's output, {@code [out, rank]}. */
    public static String loraB(String module) {
        return PREFIX + module + ".lora_B.weight";
    }

    /** A parameter of the base model that an adapter replaces whole. */
    public static String saved(String parameter) {
        return PREFIX + parameter;
    }
}
