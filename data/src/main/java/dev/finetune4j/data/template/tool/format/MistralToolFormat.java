package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.JsonCalls;
import java.util.List;
import java.util.Map;

/** Calls as a JSON list, also of one: Mistral since version 3. */
public final class MistralToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("mistral");

    @Override
    public String name() {
        return "mistral";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> wrapped = ToolList.wrapped(tools);
        return wrapped.isEmpty()
                ? ""
                : prompt.fill("tool_text", PythonJson.write(wrapped)).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        List<Map<String, Object>> objects =
                calls.stream().map(call -> JsonCalls.object(call, "arguments")).toList();
        return PythonJson.write(objects);
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(JsonCalls.read(text, "arguments"), text);
    }
}
