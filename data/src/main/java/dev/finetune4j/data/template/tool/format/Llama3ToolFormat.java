package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.JsonCalls;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A call as JSON with parameters, several as a JSON list: Llama 3. The prompt names a date, see {@link ToolStyle}. */
public final class Llama3ToolFormat implements ToolFormat {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd MMM uuuu", Locale.US);
    private static final int INDENT = 4;

    private final Prompt prompt = Prompt.of("llama3");

    @Override
    public String name() {
        return "llama3";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> wrapped = ToolList.wrapped(tools);
        if (wrapped.isEmpty()) {
            return "";
        }
        String text = wrapped.stream()
                .map(tool -> PythonJson.write(tool, INDENT) + "\n\n")
                .collect(Collectors.joining());
        return prompt.fill("date", DAY.format(style.date()))
                .fill("tool_text", text)
                .toString();
    }

    @Override
    public boolean namesDate() {
        return true;
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        List<Map<String, Object>> objects =
                calls.stream().map(call -> JsonCalls.object(call, "parameters")).toList();
        return PythonJson.write(objects.size() == 1 ? objects.get(0) : objects);
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(JsonCalls.read(text, "parameters"), text);
    }
}
