package dev.finetune4j.data.template.tool;

import dev.finetune4j.core.plugin.Plugin;
import java.util.List;

/** One way of writing tools and calls, and of finding calls in what a model wrote. */
public interface ToolFormat extends Plugin {
    /**
     * The tools as they stand behind the system text.
     *
     * @param tools JSON list of function descriptions
     * @return empty for an empty list
     * @throws dev.finetune4j.core.error.TemplateException if the text is not such a list
     */
    String renderTools(String tools, ToolStyle style);

    /**
     * The calls as the model is to write them.
     *
     * @param calls at least one
     * @throws dev.finetune4j.core.error.TemplateException if the format cannot express them
     */
    String renderCalls(List<FunctionCall> calls, ToolStyle style);

    /** Whether what {@link #renderTools} writes depends on the day. */
    default boolean namesDate() {
        return false;
    }

    /** What stands between an answer's text and the calls behind it. */
    default String callSeparator() {
        return "\n";
    }

    /**
     * The calls of an answer. Text around them is passed over; an answer whose calls cannot be read is text. Takes time
     * and memory in proportion to the text, whatever it holds.
     *
     * @param tools JSON list of what the model was offered, by which formats without types of their own tell the text
     *     {@code 1} from the number; empty where unknown, then everything that reads as JSON is JSON
     */
    Extraction extract(String text, String tools);

    /** The same without knowing the tools. */
    default Extraction extract(String text) {
        return extract(text, "");
    }

    /**
     * The format of that name.
     *
     * @throws dev.finetune4j.core.error.UnsupportedException if there is none
     */
    static ToolFormat named(String name) {
        return ToolFormats.named(name);
    }
}
