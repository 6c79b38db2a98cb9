package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.Parameters;
import dev.finetune4j.data.template.tool.notation.TaggedJson;
import dev.finetune4j.data.template.tool.notation.TextScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls as pairs of keys and values between tags: GLM-4.5, 4.6 and 4.7. */
public final class Glm4MoeToolFormat implements ToolFormat {
    private final Prompt prompt = Prompt.of("glm4_moe");

    @Override
    public String name() {
        return "glm4_moe";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        return prompt.listing(ToolList.wrapped(tools));
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        // LLaMA-Factory never closes a call and puts an empty line between calls.
        boolean like = style.likeLlamaFactory();
        return calls.stream()
                .map(call -> write(call) + (like ? "" : "\n" + TaggedJson.CLOSE))
                .collect(Collectors.joining(like ? "\n" : ""));
    }

    private static String write(FunctionCall call) {
        StringBuilder out = new StringBuilder("\n" + TaggedJson.OPEN + call.name());
        Parameters.of(call, "glm4_moe")
                .forEach((key, value) -> out.append("\n<arg_key>")
                        .append(key)
                        .append("</arg_key>\n<arg_value>")
                        .append(Parameters.text(value))
                        .append("</arg_value>"));
        return out.toString();
    }

    @Override
    public Extraction extract(String text, String tools) {
        Parameters types = Parameters.declaredBy(tools);
        List<FunctionCall> calls = new ArrayList<>();
        for (String block : TaggedJson.blocks(text)) {
            if (TextScan.strip(block).startsWith("{")) {
                // Tuned with LLaMA-Factory's prompt of another family; that is what it reads.
                return Extraction.of(TaggedJson.read(text), text);
            }
            TextScan scan = new TextScan(block);
            String name = scan.skipSpace().word("<");
            if (!name.isEmpty()) {
                calls.add(new FunctionCall(name, arguments(name, scan, types)));
            }
        }
        return Extraction.of(calls, text);
    }

    private static Map<String, Object> arguments(String name, TextScan scan, Parameters types) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        while (scan.seek("<arg_key>")) {
            String key = scan.until("</arg_key>");
            String value = key != null && scan.skipSpace().take("<arg_value>") ? scan.until("</arg_value>") : null;
            if (key == null || value == null) {
                break;
            }
            arguments.put(key, types.value(name, key, value, false));
        }
        return arguments;
    }
}
