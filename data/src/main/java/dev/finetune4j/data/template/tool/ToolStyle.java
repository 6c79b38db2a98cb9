package dev.finetune4j.data.template.tool;

import java.time.LocalDate;

/**
 * What a run wants of every tool format.
 *
 * @param date the day that prompts with a date name; one day for a whole run, so that its rows do not depend on the clock
 * @param likeLlamaFactory text exactly as LLaMA-Factory writes it, also where that is not what the format's own prompt asks
 *     for: calls without their closing or enclosing tags, texts that are not escaped, arguments in JSON encoded twice
 */
public record ToolStyle(LocalDate date, boolean likeLlamaFactory) {
    /** The library's own form, with the date of this moment. */
    public static ToolStyle today() {
        return new ToolStyle(LocalDate.now(), false);
    }
}
