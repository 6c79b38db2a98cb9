package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.FunctionTags;
import dev.finetune4j.data.template.tool.notation.Parameters;
import java.util.List;
import java.util.stream.Collectors;

/** Calls as XML with values on lines of their own: Qwen 3.5, after Qwen 3 Coder. */
public final class Qwen35ToolFormat implements ToolFormat {
    private static final FunctionTags TAGS = new FunctionTags("<tool_call>", "</tool_call>", true);

    private final Prompt prompt = Prompt.of("qwen3_5");

    @Override
    public String name() {
        return "qwen3_5";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        return prompt.listing(ToolList.functions(tools));
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return calls.stream().map(call -> TAGS.write(call, ">", name())).collect(Collectors.joining("\n"));
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(TAGS.read(text, Parameters.declaredBy(tools)), text);
    }
}
