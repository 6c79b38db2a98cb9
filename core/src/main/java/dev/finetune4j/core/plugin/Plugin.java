package dev.finetune4j.core.plugin;

/** Something found by name through {@link java.util.ServiceLoader}. */
public interface Plugin {
    /** The name users and files call it by, such as {@code lora} or {@code adamw_torch}. */
    String name();
}
