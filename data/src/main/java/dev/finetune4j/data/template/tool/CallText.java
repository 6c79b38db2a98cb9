package dev.finetune4j.data.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of a function message, a JSON call or list of calls with perhaps a thought in front, and renders it. */
public final class CallText {
    private CallText() {}

    /** A pair of words that stand around something. */
    public record Words(String open, String close) {
        @Nullable
        Matcher find(String text) {
            Matcher matcher = Pattern.compile(Pattern.quote(open) + "(.*?)" + Pattern.quote(close), Pattern.DOTALL)
                    .matcher(text);
            return matcher.find() ? matcher : null;
        }
    }

    /** The calls of a text that is nothing but JSON. */
    public static String render(String content, ToolFormat format) {
        return format.renderCalls(parse(content, content));
    }

    /**
     * The calls of a text that may hold more than JSON. Inside call words only what they enclose is JSON, and the rest stays
     * in front of the rendered calls; otherwise a thought stays in front.
     */
    public static String render(String content, ToolFormat format, Words thought, Words call) {
        Matcher calls = call.find(content);
        if (calls != null) {
            String around = content.replace(calls.group(), "");
            return around + format.renderCalls(parse(calls.group(1), content));
        }
        Matcher thoughts = thought.find(content);
        if (thoughts != null) {
            String json = content.replace(thoughts.group(), "");
            return thoughts.group() + format.renderCalls(parse(json, content));
        }
        return render(content, format);
    }

    private static List<FunctionCall> parse(String json, String content) {
        Object parsed;
        try {
            parsed = PythonJson.parse(json);
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new TemplateException(
                    "A function message must be a JSON call or list of calls; at character " + column + ": "
                            + e.getOriginalMessage() + ". Found " + content,
                    e);
        }
        List<FunctionCall> calls = new ArrayList<>();
        for (Object element : parsed instanceof List<?> list ? list : java.util.Collections.singletonList(parsed)) {
            if (!(element instanceof Map<?, ?> call)
                    || !(call.get("name") instanceof String name)
                    || !call.containsKey("arguments")) {
                throw new TemplateException("A function call needs \"name\" and \"arguments\". Found " + content);
            }
            calls.add(new FunctionCall(name, call.get("arguments")));
        }
        return calls;
    }
}
