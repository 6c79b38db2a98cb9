package dev.finetune4j.data.template;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What a run may ask of a template.
 *
 * @param defaultSystem system text for conversations without one; null keeps the template's own
 * @param toolFormat name of the tool format; null keeps the template's own
 * @param enableThinking for reasoning templates: true trains empty thoughts, false puts them into the prompt and removes
 *     others, null trains thoughts where there are some and prompts with empty ones elsewhere
 * @param preserveThinking whether thoughts of earlier turns stay
 * @param date day for tool prompts that name one; null takes that of the moment in which the run applies its options
 * @param likeLlamaFactory text exactly as LLaMA-Factory writes it, also where that looks unintended: malformed calls, an
 *     empty system block for an empty tool list, a system text that is lost in front of a tool's result, calls without the
 *     template's end mark once {@code toolFormat} is set
 */
public record TemplateOptions(
        @Nullable String defaultSystem,
        @Nullable String toolFormat,
        @Nullable Boolean enableThinking,
        boolean preserveThinking,
        @Nullable LocalDate date,
        boolean likeLlamaFactory) {
    public static final TemplateOptions DEFAULTS = new TemplateOptions(null, null, true, false);

    /** The library's own rendering with the date of the run. */
    public TemplateOptions(
            @Nullable String defaultSystem,
            @Nullable String toolFormat,
            @Nullable Boolean enableThinking,
            boolean preserveThinking) {
        this(defaultSystem, toolFormat, enableThinking, preserveThinking, null, false);
    }

    /** The same with a day for the prompts that name one. */
    public TemplateOptions date(LocalDate day) {
        return new TemplateOptions(defaultSystem, toolFormat, enableThinking, preserveThinking, day, likeLlamaFactory);
    }

    /** The same in LLaMA-Factory's rendering, or in the library's own. */
    public TemplateOptions likeLlamaFactory(boolean whether) {
        return new TemplateOptions(defaultSystem, toolFormat, enableThinking, preserveThinking, date, whether);
    }
}
