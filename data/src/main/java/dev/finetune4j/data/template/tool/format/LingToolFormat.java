package dev.finetune4j.data.template.tool.format;

/** As {@link QwenToolFormat}, with the prompt of Ling 2.0, which turns thinking off. */
public final class LingToolFormat extends TaggedToolFormat {
    public LingToolFormat() {
        super("ling");
    }
}
