package dev.finetune4j.data.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the calls of a function message, a JSON call or list of calls with perhaps text around it, and renders them. */
public final class CallText {
    private final ToolFormat format;
    private final ToolStyle style;

    public CallText(ToolFormat format, ToolStyle style) {
        this.format = format;
        this.style = style;
    }

    /** A pair of words that stand around something. */
    public record Words(String open, String close) {
        /** The first place where both stand; null where there is none. */
        @Nullable
        Found find(String text) {
            int from = text.indexOf(open);
            int to = from < 0 ? -1 : text.indexOf(close, from + open.length());
            return to < 0
                    ? null
                    : new Found(text.substring(from, to + close.length()), text.substring(from + open.length(), to));
        }
    }

    /** @param whole with the words around it */
    private record Found(String whole, String inside) {}

    /** The calls of a text that is nothing but JSON. */
    public String render(String content) {
        return format.renderCalls(parse(content), style);
    }

    /**
     * The calls of a text that may hold more than JSON. Inside call words only what they enclose is JSON, and the rest stays
     * in front of the rendered calls; otherwise a thought stays in front.
     */
    public String render(String content, Words thought, Words call) {
        Found calls = call.find(content);
        if (calls != null) {
            String around = content.replace(calls.whole(), "");
            return around + render(calls.inside());
        }
        Found thoughts = thought.find(content);
        if (thoughts != null) {
            return thoughts.whole() + render(content.replace(thoughts.whole(), ""));
        }
        return render(content);
    }

    /** Calls behind a text of the same answer. */
    public String renderBehind(String text, String calls) {
        String rendered = render(calls);
        boolean apart = text.isEmpty()
                || Character.isWhitespace(text.charAt(text.length() - 1))
                || rendered.startsWith(format.callSeparator());
        return text + (apart ? "" : format.callSeparator()) + rendered;
    }

    private List<FunctionCall> parse(String json) {
        Object parsed;
        try {
            parsed = PythonJson.parse(json);
        } catch (JsonProcessingException e) {
            throw JsonFault.in("A function message must be a JSON call or list of calls", json, e);
        }
        List<FunctionCall> calls = new ArrayList<>();
        if (parsed instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                calls.add(call(list.get(i), "call " + (i + 1), json));
            }
        } else {
            calls.add(call(parsed, "the call", json));
        }
        if (calls.isEmpty()) {
            throw new TemplateException("A function message must hold at least one call. Found " + json);
        }
        return calls;
    }

    private FunctionCall call(@Nullable Object element, String which, String json) {
        if (!(element instanceof Map<?, ?> call)) {
            throw lacking(which, "is not a JSON object", json);
        }
        if (!(call.get("name") instanceof String name)) {
            throw lacking(which, "has no \"name\"", json);
        }
        if (!call.containsKey("arguments")) {
            throw lacking(which, "has no \"arguments\"", json);
        }
        Object arguments = call.get("arguments");
        return new FunctionCall(name, style.likeLlamaFactory() ? arguments : decoded(arguments));
    }

    /** Traces of the OpenAI interface hold arguments as JSON inside a JSON text. */
    private static @Nullable Object decoded(@Nullable Object arguments) {
        if (!(arguments instanceof String text)) {
            return arguments;
        }
        try {
            return PythonJson.parse(text) instanceof Map<?, ?> map ? map : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private static TemplateException lacking(String which, String what, String json) {
        return new TemplateException("A function call needs \"name\" and \"arguments\"; " + which + " " + what
                + ". Found " + JsonFault.excerpt(json, 0));
    }
}
