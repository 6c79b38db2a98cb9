package dev.finetune4j.data.reference;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.tool.Extraction;
import dev.finetune4j.data.template.tool.FunctionCall;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolStyle;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The page {@code docs/reference/tool-formats.md}; every text on it is written, or read, by the formats themselves. */
final class ToolFormatPage {
    private static final String TOOLS = """
            [{"type": "function", "function": {"name": "get_weather", "description": "Weather of a city.", \
            "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "Its name."}, \
            "days": {"type": "integer"}}, "required": ["city"]}}}]""";

    private static final String INTRO = """
            # Tool formats

            <!-- Rendered by the formats themselves in ToolFormatReferenceTest; do not edit. -->

            Each template has one of these formats; `tool_format` chooses another. How rows hold tools and calls:
            [Tools](../guides/tools.md). Everything below is what the formats write for this list of tools, on 1 May 2026:

            ```text
            %s
            ```

            The calls are those of the tool `get_weather`, once for Lima and two days, and once more for Quito. What stands
            around them (end marks, the header of a turn) is the template's: [Templates](templates.md). "Read back" is what
            `extract` finds in the text of the calls.
            """;

    private static final ToolStyle STYLE = new ToolStyle(LocalDate.of(2026, 5, 1), false);

    private final StringBuilder page = new StringBuilder();

    String text() {
        page.append(INTRO.formatted(TOOLS));
        Map<String, List<String>> users = users();
        Plugins.all(ToolFormat.class).stream()
                .sorted(Comparator.comparing(ToolFormat::name))
                .forEach(format -> section(format, users.getOrDefault(format.name(), List.of())));
        return page.toString();
    }

    private static Map<String, List<String>> users() {
        Map<String, List<String>> users = new TreeMap<>();
        for (String name : TemplateCatalog.names()) {
            Template template = TemplateCatalog.named(name);
            String format = template.pieces().tools() == null ? template.toolFormat() : "";
            users.computeIfAbsent(format, key -> new ArrayList<>()).add("`" + name + "`");
        }
        return users;
    }

    private void section(ToolFormat format, List<String> users) {
        page.append("\n## ").append(format.name()).append("\n\n");
        page.append("Templates: ").append(users.isEmpty() ? "none" : String.join(", ", users));
        page.append(".\n");
        FunctionCall lima = call("Lima", 2);
        String one = format.renderCalls(List.of(lima), STYLE);
        block("Behind the system text", format.renderTools(TOOLS, STYLE));
        block("One call", one);
        try {
            String both = format.renderCalls(List.of(lima, call("Quito", 1)), STYLE);
            block("Two calls", both);
            block("Read back", readBack(format.extract(both, TOOLS)));
        } catch (TemplateException e) {
            block("Two calls are refused", String.valueOf(e.getMessage()));
            block("Read back", readBack(format.extract(one, TOOLS)));
        }
    }

    private static FunctionCall call(String city, int days) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("city", city);
        arguments.put("days", days);
        return new FunctionCall("get_weather", arguments);
    }

    private static String readBack(Extraction extraction) {
        if (extraction instanceof Extraction.Text text) {
            throw new IllegalStateException("no call is found in " + text.text());
        }
        StringBuilder lines = new StringBuilder();
        for (FunctionCall call : ((Extraction.Calls) extraction).calls()) {
            lines.append(call.name()).append(' ').append(call.argumentsJson()).append('\n');
        }
        return lines.toString();
    }

    private void block(String title, String text) {
        String fence = text.contains("```") ? "````" : "```";
        page.append('\n').append(title).append(":\n\n").append(fence).append("text\n");
        page.append(text).append(text.endsWith("\n") ? "" : "\n").append(fence).append('\n');
    }
}
