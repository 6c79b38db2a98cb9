package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.BraceFormat;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Tuple;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Methods of texts that give texts; see {@link TextSearch} for those that look into them. */
public final class TextMethods {
    static final Map<String, Builtin> TABLE = table();

    private TextMethods() {}

    /** A method from its text to something; the text of HTML stays HTML. */
    interface Body {
        Object call(Budget budget, String self, Bound bound);
    }

    static void declare(Map<String, Builtin> table, String declaration, Body body) {
        Builtin.declare(table, declaration, (budget, self, bound) -> {
            String text = self instanceof Markup markup ? markup.text() : (String) self;
            Object result = body.call(budget, text, bound);
            return self instanceof Markup && result instanceof String changed ? new Markup(changed) : result;
        });
    }

    private static Map<String, Builtin> table() {
        Map<String, Builtin> table = new HashMap<>();
        cases(table);
        strips(table);
        pads(table);
        others(table);
        TextSearch.declare(table);
        TextQueries.declare(table);
        TextPieces.declare(table);
        return Map.copyOf(table);
    }

    private static void simple(Map<String, Builtin> table, String name, UnaryOperator<String> change) {
        declare(table, name + " /", (budget, self, bound) -> {
            budget.text(self.length());
            return change.apply(self);
        });
    }

    private static void cases(Map<String, Builtin> table) {
        simple(table, "upper", text -> text.toUpperCase(Locale.ROOT));
        simple(table, "lower", text -> text.toLowerCase(Locale.ROOT));
        simple(table, "casefold", text -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
        simple(table, "capitalize", TextMethods::capitalize);
        simple(table, "title", TextMethods::title);
        simple(table, "swapcase", TextMethods::swapCase);
    }

    public static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, 1);
        return Character.toString(Character.toTitleCase(text.codePointAt(0)))
                + text.substring(end).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int c : text.codePoints().toArray()) {
            out.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return out.toString();
    }

    private static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(Character.isUpperCase(c) ? one.toLowerCase(Locale.ROOT) : one.toUpperCase(Locale.ROOT));
        });
        return out.toString();
    }

    private static void strips(Map<String, Builtin> table) {
        declare(table, "strip / chars?", (budget, self, bound) -> {
            budget.text(self.length());
            return bound.given(0)
                    ? Texts.stripEnd(Texts.stripStart(self, bound.text(0)), bound.text(0))
                    : Texts.strip(self);
        });
        declare(table, "lstrip / chars?", (budget, self, bound) -> {
            budget.text(self.length());
            return bound.given(0) ? Texts.stripStart(self, bound.text(0)) : Texts.stripStart(self);
        });
        declare(table, "rstrip / chars?", (budget, self, bound) -> {
            budget.text(self.length());
            return bound.given(0) ? Texts.stripEnd(self, bound.text(0)) : Texts.stripEnd(self);
        });
        declare(table, "removeprefix / prefix", (budget, self, bound) -> {
            budget.text(self.length());
            return self.startsWith(bound.text(0)) ? self.substring(bound.text(0).length()) : self;
        });
        declare(table, "removesuffix / suffix", (budget, self, bound) -> {
            budget.text(self.length());
            String suffix = bound.text(0);
            return self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
        });
    }

    private static void pads(Map<String, Builtin> table) {
        declare(table, "ljust / width fillchar?", (budget, self, bound) -> {
            int missing = missing(budget, self, bound);
            return self + fill(bound).repeat(missing);
        });
        declare(table, "rjust / width fillchar?", (budget, self, bound) -> {
            int missing = missing(budget, self, bound);
            return fill(bound).repeat(missing) + self;
        });
        declare(table, "center / width fillchar?", (budget, self, bound) -> {
            int missing = missing(budget, self, bound);
            return center(self, fill(bound), missing, (int) bound.whole(0, 0));
        });
        declare(table, "zfill / width", (budget, self, bound) -> {
            int missing = missing(budget, self, bound);
            boolean signed = self.startsWith("-") || self.startsWith("+");
            String sign = signed ? self.substring(0, 1) : "";
            return sign + "0".repeat(missing) + self.substring(sign.length());
        });
        declare(table, "expandtabs tabsize?", (budget, self, bound) -> expandTabs(budget, self, bound.whole(0, 8)));
    }

    private static int missing(Budget budget, String self, Bound bound) {
        long width = bound.whole(0, 0);
        budget.text(Math.max(width, self.length()));
        return (int) Math.max(0, width - Texts.length(self));
    }

    private static String fill(Bound bound) {
        String fill = bound.has(1) ? bound.text(1) : " ";
        if (Texts.length(fill) != 1) {
            throw Fault.type("a text is filled up with one character, not with \"" + fill + "\"");
        }
        return fill;
    }

    /** Of an odd number of characters, the left side gets more where the width is odd. */
    public static String center(String text, String fill, int missing, int width) {
        int left = missing / 2 + (missing & width & 1);
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String expandTabs(Budget budget, String text, long size) {
        long width = Math.max(0, size);
        StringBuilder out = new StringBuilder();
        long column = 0;
        for (int c : text.codePoints().toArray()) {
            if (c == '\t') {
                long blanks = width == 0 ? 0 : width - column % width;
                budget.text(blanks);
                budget.output(out.length() + blanks);
                out.append(" ".repeat((int) blanks));
                column += blanks;
            } else {
                out.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        budget.text(out.length());
        return out.toString();
    }

    private static void others(Map<String, Builtin> table) {
        declare(
                table,
                "replace / old new count?",
                (budget, self, bound) ->
                        TextPieces.replace(budget, self, bound.text(0), bound.text(1), bound.whole(2, -1)));
        declare(table, "join / iterable", (budget, self, bound) -> join(budget, self, bound.get(0)));
        declare(
                table,
                "format *",
                (budget, self, bound) -> BraceFormat.format(budget, self, bound.arguments(), new BraceFormat.Members() {
                    @Override
                    public Object attribute(Object target, String name) {
                        return Access.attribute(budget, target, name);
                    }

                    @Override
                    public Object item(Object target, Object key) {
                        return Access.item(budget, target, key);
                    }
                }));
        declare(table, "partition / sep", (budget, self, bound) -> {
            budget.text(self.length());
            int at = self.indexOf(separator(bound));
            return at < 0 ? Tuple.of(self, "", "") : parts(self, bound.text(0), at);
        });
        declare(table, "rpartition / sep", (budget, self, bound) -> {
            budget.text(self.length());
            int at = self.lastIndexOf(separator(bound));
            return at < 0 ? Tuple.of("", "", self) : parts(self, bound.text(0), at);
        });
    }

    private static String separator(Bound bound) {
        if (bound.text(0).isEmpty()) {
            throw new Fault("a text is divided at a separator that is not empty");
        }
        return bound.text(0);
    }

    private static Object parts(String self, String separator, int at) {
        return Tuple.of(self.substring(0, at), separator, self.substring(at + separator.length()));
    }

    private static Object join(Budget budget, String separator, Object elements) {
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Iterator<Object> walk = Sequences.iterate(budget, elements); walk.hasNext(); first = false) {
            Object element = walk.next();
            String text = Values.asText(element);
            if (text == null) {
                throw Fault.type(
                        "join() joins texts, and no " + (element == None.NONE ? "None" : Values.type(element)));
            }
            out.append(first ? "" : separator).append(text);
            budget.output(out.length());
        }
        budget.text(out.length());
        return out.toString();
    }
}
