package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.Parameters;
import dev.finetune4j.data.template.tool.notation.TextScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls as XML with named parameters inside one pair of tags: MiniMax-M2. */
public final class MiniMax2ToolFormat implements ToolFormat {
    private static final String OPEN = "<minimax:tool_call>";
    private static final String CLOSE = "</minimax:tool_call>";

    private final Prompt prompt = Prompt.of("minimax2");

    @Override
    public String name() {
        return "minimax2";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> found = ToolList.functions(tools);
        if (found.isEmpty()) {
            return "";
        }
        String text = found.stream()
                .map(tool -> "<tool>" + PythonJson.write(tool) + "</tool>\n")
                .collect(Collectors.joining());
        return prompt.fill("tool_text", text).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        String text = calls.stream().map(MiniMax2ToolFormat::write).collect(Collectors.joining("\n"));
        return style.likeLlamaFactory() ? text : OPEN + "\n" + text + "\n" + CLOSE;
    }

    private static String write(FunctionCall call) {
        StringBuilder out = new StringBuilder("<invoke name=\"" + call.name() + "\">");
        Parameters.of(call, "minimax2")
                .forEach((key, value) -> out.append("\n<parameter name=\"")
                        .append(key)
                        .append("\">")
                        .append(Parameters.text(value))
                        .append("</parameter>"));
        return out.append("\n</invoke>").toString();
    }

    @Override
    public Extraction extract(String text, String tools) {
        TextScan scan = new TextScan(text);
        String block = scan.seek(OPEN) ? scan.until(CLOSE) : null;
        if (block == null) {
            return new Extraction.Text(text);
        }
        Parameters types = Parameters.declaredBy(tools);
        List<FunctionCall> calls = new ArrayList<>();
        TextScan inside = new TextScan(block);
        while (inside.seek("<invoke name=\"")) {
            String name = inside.until("\">");
            String body = name == null ? null : inside.until("</invoke>");
            if (name == null || body == null) {
                break;
            }
            calls.add(call(name.strip(), body, types));
        }
        return Extraction.of(calls, text);
    }

    private static FunctionCall call(String name, String body, Parameters types) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        TextScan scan = new TextScan(body);
        while (scan.seek("<parameter name=\"")) {
            String key = scan.until("\">");
            String value = key == null ? null : scan.until("</parameter>");
            if (key == null || value == null) {
                break;
            }
            arguments.put(key, types.value(name, key, value, false));
        }
        return new FunctionCall(name, arguments);
    }
}
