package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.method.TextMethods;
import dev.finetune4j.data.jinja.method.TextPieces;
import dev.finetune4j.data.jinja.python.PercentFormat;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Tuple;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters from text to text. What is no text is printed first, as Jinja does, where the filter is not a method's twin. */
final class TextFilters {
    private static final Pattern WORD_START =
            Pattern.compile("[^-\\s({\\[<]+|[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    /** A filter from text to something. */
    private interface TextBody {
        Object call(Budget budget, String self, Bound bound);
    }

    /** A filter on the printed value. */
    private static void text(Map<String, Builtin> table, String declaration, TextBody body) {
        Builtin.declare(table, declaration, (budget, self, bound) -> body.call(budget, charged(budget, self), bound));
    }

    private static String charged(Budget budget, Object self) {
        String text = Repr.text(budget, self);
        budget.text(text.length());
        return text;
    }

    static void declare(Map<String, Builtin> table) {
        text(table, "upper", (budget, self, bound) -> self.toUpperCase(Locale.ROOT));
        text(table, "lower", (budget, self, bound) -> self.toLowerCase(Locale.ROOT));
        text(table, "capitalize", (budget, self, bound) -> TextMethods.capitalize(self));
        text(table, "title", (budget, self, bound) -> title(self));
        text(
                table,
                "trim chars?",
                (budget, self, bound) -> bound.given(0)
                        ? Texts.stripEnd(Texts.stripStart(self, bound.text(0)), bound.text(0))
                        : Texts.strip(self));
        text(
                table,
                "replace old new count?",
                (budget, self, bound) -> TextPieces.replace(
                        budget,
                        self,
                        Repr.text(budget, bound.get(0)),
                        Repr.text(budget, bound.get(1)),
                        bound.given(2) ? bound.whole(2, -1) : -1));
        text(table, "center width?", (budget, self, bound) -> {
            long width = bound.whole(0, 80);
            budget.text(Math.max(0, width));
            int missing = (int) Math.max(0, width - Texts.length(self));
            return TextMethods.center(self, " ", missing, (int) width);
        });
        text(
                table,
                "wordcount",
                (budget, self, bound) -> WORD.matcher(self).results().count());
        Builtin.declare(
                table, "indent width? first? blank?", (budget, self, bound) -> indent(budget, needText(self), bound));
        Builtin.declare(
                table,
                "truncate length? killwords? end? leeway?",
                (budget, self, bound) -> truncate(budget, self, bound));
        Builtin.declare(
                table,
                "wordwrap width? break_long_words? wrapstring? break_on_hyphens?",
                (budget, self, bound) -> WordWrap.wrap(budget, needText(self), bound));
        Builtin.declare(table, "format *", TextFilters::format);
        Builtin.declare(table, "urlencode", (budget, self, bound) -> urlEncode(budget, self));
    }

    private static String needText(Object self) {
        String text = Values.asText(self);
        if (text == null) {
            throw Fault.type("a " + Values.type(self) + " stands where a text is needed; add | string");
        }
        return text;
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        Matcher words = WORD_START.matcher(text);
        while (words.find()) {
            String word = words.group();
            int end = word.offsetByCodePoints(0, 1);
            out.append(word.substring(0, end).toUpperCase(Locale.ROOT))
                    .append(word.substring(end).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    private static Object indent(Budget budget, String text, Bound bound) {
        String given = bound.has(0) ? Values.asText(bound.get(0)) : null;
        long width = given == null ? Math.max(0, bound.whole(0, 4)) : given.length();
        List<Object> lines = TextPieces.lines(budget, text + "\n", false);
        budget.text(text.length() + width * (lines.size() + 1));
        String indent = given == null ? " ".repeat((int) width) : given;
        boolean blank = bound.flag(2, false);
        StringBuilder out = new StringBuilder(bound.flag(1, false) ? indent : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            if (i > 0) {
                out.append('\n').append(blank || !line.isEmpty() ? indent : "");
            }
            out.append(line);
        }
        return out.toString();
    }

    private static Object truncate(Budget budget, Object self, Bound bound) {
        String text = needText(self);
        long length = bound.whole(0, 255);
        String end = bound.has(2) ? bound.text(2) : "...";
        long leeway = bound.given(3) ? bound.whole(3, 5) : 5;
        if (length < Texts.length(end) || leeway < 0) {
            throw new Fault("truncate needs a length of at least that of its end, and a leeway of at least 0");
        }
        if (Texts.length(text) <= length + leeway) {
            return self;
        }
        budget.text(length);
        String kept = Texts.cut(text, 0, (int) length - Texts.length(end));
        int blank = bound.flag(1, false) ? -1 : kept.lastIndexOf(' ');
        return (blank < 0 ? kept : kept.substring(0, blank)) + end;
    }

    private static Object format(Budget budget, Object self, Bound bound) {
        Arguments arguments = bound.arguments();
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw new Fault("format takes values by place or by name, and not both");
        }
        Object values = arguments.named().isEmpty() ? new Tuple(arguments.positional()) : (Object) arguments.named();
        return PercentFormat.format(budget, Repr.text(budget, self), values);
    }

    private static Object urlEncode(Budget budget, Object self) {
        if (Values.asText(self) != null || !Sequences.isIterable(self)) {
            return quote(charged(budget, self), true);
        }
        Object pairs = self instanceof Map<?, ?> map ? new DictView(DictView.Kind.ITEMS, map) : self;
        List<String> parts = new ArrayList<>();
        for (Iterator<Object> walk = Sequences.iterate(budget, pairs); walk.hasNext(); ) {
            List<Object> pair = Sequences.list(budget, walk.next());
            if (pair.size() != 2) {
                throw Fault.type("urlencode needs pairs of a name and a value");
            }
            parts.add(quote(charged(budget, pair.get(0)), false) + "=" + quote(charged(budget, pair.get(1)), false));
        }
        return String.join("&", parts);
    }

    private static String quote(String text, boolean path) {
        String quoted = URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
        return path ? quoted.replace("+", "%20").replace("%2F", "/") : quoted;
    }
}
