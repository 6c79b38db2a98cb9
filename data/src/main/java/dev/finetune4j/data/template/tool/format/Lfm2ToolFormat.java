package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.Parameters;
import dev.finetune4j.data.template.tool.notation.PythonCalls;
import dev.finetune4j.data.template.tool.notation.TextScan;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls as Python writes them: LFM2 and LFM2.5. */
public final class Lfm2ToolFormat implements ToolFormat {
    private static final String OPEN = "<|tool_call_start|>";
    private static final String CLOSE = "<|tool_call_end|>";

    private final Prompt prompt = Prompt.of("lfm2");

    @Override
    public String name() {
        return "lfm2";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> functions = ToolList.functions(tools);
        return functions.isEmpty()
                ? ""
                : prompt.fill("tool_text", PythonJson.write(functions)).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        return calls.stream()
                .map(call -> write(call, style.likeLlamaFactory()))
                .collect(Collectors.joining(", ", OPEN + "[", "]" + CLOSE));
    }

    private static String write(FunctionCall call, boolean likeLlamaFactory) {
        return Parameters.of(call, "lfm2").entrySet().stream()
                .map(entry -> entry.getKey() + "=" + value(entry.getValue(), likeLlamaFactory))
                .collect(Collectors.joining(", ", call.name() + "(", ")"));
    }

    /** LLaMA-Factory does not escape a text, so that one with quotes ends too early. */
    private static String value(Object value, boolean likeLlamaFactory) {
        return likeLlamaFactory && value instanceof String text ? '"' + text + '"' : PythonJson.write(value);
    }

    @Override
    public String callSeparator() {
        return "";
    }

    @Override
    public Extraction extract(String text, String tools) {
        TextScan scan = new TextScan(text);
        String block = scan.seek(OPEN) ? scan.until(CLOSE) : null;
        try {
            return block == null ? new Extraction.Text(text) : Extraction.of(PythonCalls.read(block), text);
        } catch (ParseException e) {
            return new Extraction.Text(text);
        }
    }
}
