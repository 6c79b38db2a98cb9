package dev.finetune4j.data.template.tool;

import dev.finetune4j.core.plugin.Plugin;
import java.util.List;

/** One way of writing tools and calls. */
public interface ToolFormat extends Plugin {
    /**
     * The tools as they stand behind the system text.
     *
     * @param tools JSON list of function descriptions
     * @throws dev.finetune4j.core.error.TemplateException if the text is not such a list
     */
    String renderTools(String tools);

    /** The calls as the model is to write them. */
    String renderCalls(List<FunctionCall> calls);

    /**
     * The format of that name.
     *
     * @throws dev.finetune4j.core.error.UnsupportedException if there is none
     */
    static ToolFormat named(String name) {
        return ToolFormats.named(name);
    }
}
