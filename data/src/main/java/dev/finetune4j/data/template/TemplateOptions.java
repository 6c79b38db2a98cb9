package dev.finetune4j.data.template;

import org.jspecify.annotations.Nullable;

/**
 * What a run may ask of a template.
 *
 * @param defaultSystem system text for conversations without one; null keeps the template's own
 * @param toolFormat name of the tool format; null keeps the template's own
 * @param enableThinking for reasoning templates: true trains empty thoughts, false puts them into the prompt and removes
 *     others, null trains thoughts where there are some and prompts with empty ones elsewhere
 * @param preserveThinking whether thoughts of earlier turns stay
 */
public record TemplateOptions(
        @Nullable String defaultSystem,
        @Nullable String toolFormat,
        @Nullable Boolean enableThinking,
        boolean preserveThinking) {
    public static final TemplateOptions DEFAULTS = new TemplateOptions(null, null, true, false);
}
