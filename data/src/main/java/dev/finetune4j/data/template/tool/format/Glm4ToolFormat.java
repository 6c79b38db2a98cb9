package dev.finetune4j.data.template.tool.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A call as the name and its JSON on the next line, only one at a time: GLM-4 and ChatGLM3. */
public final class Glm4ToolFormat implements ToolFormat {
    private static final String EACH = "在调用上述函数时，请使用 Json 格式表示调用的参数。";
    private static final int INDENT = 4;

    private final Prompt prompt = Prompt.of("glm4");

    @Override
    public String name() {
        return "glm4";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> functions = ToolList.functions(tools);
        if (functions.isEmpty()) {
            return "";
        }
        String text = functions.stream().map(Glm4ToolFormat::describe).collect(Collectors.joining());
        return prompt.fill("tool_text", text).toString();
    }

    private static String describe(Map<?, ?> function) {
        return "\n\n## " + ToolList.name(function) + "\n\n" + PythonJson.write(function, INDENT) + "\n" + EACH;
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        if (calls.size() > 1) {
            throw new TemplateException("Tool format glm4 writes one call a turn; here are " + calls.size()
                    + ", of " + calls.stream().map(FunctionCall::name).collect(Collectors.joining(", "))
                    + ". Give each a turn of its own, or set tool_format to one that takes several.");
        }
        return calls.get(0).name() + "\n" + calls.get(0).argumentsJson();
    }

    @Override
    public Extraction extract(String text, String tools) {
        int end = text.indexOf('\n');
        if (end <= 0) {
            return new Extraction.Text(text);
        }
        try {
            // A number or a text on the second line is an answer in two lines.
            return PythonJson.parse(text.substring(end + 1).strip()) instanceof Map<?, ?> arguments
                    ? new Extraction.Calls(List.of(new FunctionCall(text.substring(0, end), arguments)))
                    : new Extraction.Text(text);
        } catch (JsonProcessingException e) {
            return new Extraction.Text(text);
        }
    }
}
