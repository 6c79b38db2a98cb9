package dev.finetune4j.data.template.tool.format;

/** Tools and calls as JSON inside XML tags: Qwen 2.5 and 3, and the Hermes models they took it from. */
public final class QwenToolFormat extends TaggedToolFormat {
    public QwenToolFormat() {
        super("qwen");
    }
}
