package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.TaggedJson;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** As {@link QwenToolFormat}, with the prompt of Ling 2.0, which turns thinking off. */
public final class LingToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("ling");

    @Override
    public String name() {
        return "ling";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> found = ToolList.wrapped(tools);
        if (found.isEmpty()) {
            return "";
        }
        String text = found.stream().map(tool -> "\n" + PythonJson.write(tool)).collect(Collectors.joining());
        return prompt.fill("tool_text", text).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return TaggedJson.write(calls);
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(TaggedJson.read(text), text);
    }
}
