package dev.finetune4j.data.template.tool.format;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.Prompt;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.template.tool.notation.FunctionTags;
import dev.finetune4j.data.template.tool.notation.Parameters;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls as XML between tags of its own: Seed-OSS. */
public final class SeedOssToolFormat implements ToolFormat {
    private static final FunctionTags TAGS = new FunctionTags("<seed:tool_call>", "</seed:tool_call>", false);

    private final Prompt prompt = Prompt.of("seed_oss");

    @Override
    public String name() {
        return "seed_oss";
    }

    @Override
    public String renderTools(String tools, ToolStyle style) {
        List<Map<?, ?>> found = ToolList.parse(tools);
        return found.isEmpty()
                ? ""
                : prompt.fill("tool_text", "\n" + PythonJson.write(found)).toString();
    }

    @Override
    public String renderCalls(List<FunctionCall> calls, ToolStyle style) {
        // LLaMA-Factory leaves the bracket behind the name out and puts an empty line between calls.
        boolean like = style.likeLlamaFactory();
        return calls.stream()
                .map(call -> "\n" + TAGS.write(call, like ? "" : ">", name()))
                .collect(Collectors.joining(like ? "\n" : ""));
    }

    @Override
    public Extraction extract(String text, String tools) {
        return Extraction.of(TAGS.read(text, Parameters.declaredBy(tools)), text);
    }
}
