package dev.finetune4j.data.template.tool;

import dev.finetune4j.data.source.PythonJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tools and calls as JSON inside XML tags: Qwen 2.5 and 3, and the Hermes models they took it from. */
public final class QwenToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("qwen");

    @Override
    public String name() {
        return "qwen";
    }

    @Override
    public String renderTools(String tools) {
        List<Map<?, ?>> wrapped = ToolList.wrapped(tools);
        if (wrapped.isEmpty()) {
            return "";
        }
        String text =
                wrapped.stream().map(tool -> "\n" + PythonJson.write(tool)).collect(Collectors.joining());
        return prompt.fill("tool_text", text).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls) {
        return calls.stream().map(QwenToolFormat::call).collect(Collectors.joining("\n"));
    }

    private static String call(FunctionCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", call.name());
        json.put("arguments", call.arguments());
        return "<tool_call>\n" + PythonJson.write(json) + "\n</tool_call>";
    }
}
