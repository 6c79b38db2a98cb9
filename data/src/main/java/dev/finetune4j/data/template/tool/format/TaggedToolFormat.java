package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.TaggedJson;
import java.util.List;

/** Tools and calls as JSON inside XML tags, behind a prompt of each format's own. */
abstract class TaggedToolFormat implements ToolFormat {
    private final String name;
    private final Prompt prompt;

    TaggedToolFormat(String name) {
        this.name = name;
        this.prompt = Prompt.of(name);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String renderTools(String tools, ToolStyle style) {
        return prompt.listing(ToolList.wrapped(tools));
    }

    @Override
    public final String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return TaggedJson.write(calls);
    }

    @Override
    public final Extraction extract(String text, String tools) {
        return Extraction.of(TaggedJson.read(text), text);
    }
}
