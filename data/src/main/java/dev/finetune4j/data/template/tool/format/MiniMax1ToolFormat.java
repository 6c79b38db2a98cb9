package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.JsonCalls;
import dev.finetune4j.data.template.tool.notation.TextScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls as lines of JSON inside one pair of tags: MiniMax-M1. */
public final class MiniMax1ToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("minimax1");

    @Override
    public String name() {
        return "minimax1";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> found = ToolList.functions(tools);
        if (found.isEmpty()) {
            return "";
        }
        String text = found.stream().map(tool -> PythonJson.write(tool) + "\n").collect(Collectors.joining());
        return prompt.fill("tool_text", text).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return calls.stream()
                .map(call -> PythonJson.write(JsonCalls.object(call, "arguments")))
                .collect(Collectors.joining("\n", "<tool_calls>\n", "\n</tool_calls>"));
    }

    @Override
    public Extraction extract(String text, String tools) {
        TextScan scan = new TextScan(text);
        String block = scan.seek("<tool_calls>") ? scan.until("</tool_calls>") : null;
        List<FunctionCall> calls = new ArrayList<>();
        if (block != null) {
            // Models write "..." between calls, as the prompt does; lines that are no call are not looked at.
            block.lines().forEach(line -> calls.addAll(JsonCalls.read(line, "arguments")));
        }
        return Extraction.of(calls, text);
    }
}
