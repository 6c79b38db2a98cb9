package dev.finetune4j.data.template;

/** What a template does beyond putting its pieces around the messages. */
public enum TemplateKind {
    PLAIN,
    /** The system text stands inside the first user message instead of a block of its own. */
    LLAMA2,
    /** Answers without a thought get an empty one, in the prompt or in the answer. */
    REASONING,
    /** As reasoning, but an empty thought is only its closing words. */
    REASONING_GLM47,
    /** As plain, but tools without a system text lose their leading line feeds. */
    MOSS_VL;

    /** Whether thoughts are treated at all. */
    public boolean reasons() {
        return this == REASONING || this == REASONING_GLM47;
    }
}
