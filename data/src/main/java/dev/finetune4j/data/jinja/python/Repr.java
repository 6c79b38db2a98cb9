package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.Namespace;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Range;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import dev.finetune4j.data.source.PythonFloat;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** How Python prints a value: {@code str} as a template prints it, {@code repr} inside lists and maps. */
public final class Repr {
    /** Python refuses to write longer whole numbers, too. */
    private static final int LONGEST_INTEGER = 4300;

    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private int charged;

    private Repr(Budget budget) {
        this.budget = budget;
    }

    /** As {@code str(value)}. */
    public static String text(Budget budget, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.text();
        }
        if (value instanceof Long number) {
            return Long.toString(number);
        }
        if (value instanceof Undefined) {
            return "";
        }
        return quoted(budget, value);
    }

    /** As {@code repr(value)}. */
    public static String quoted(Budget budget, Object value) {
        Repr repr = new Repr(budget);
        repr.value(value);
        repr.charge();
        return repr.out.toString();
    }

    private void charge() {
        budget.text(out.length() - charged);
        budget.output(out.length());
        charged = out.length();
    }

    private void value(Object value) {
        if (value instanceof String text) {
            budget.output(out.length() + (long) text.length());
            quote(text);
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value == None.NONE) {
            out.append("None");
        } else if (value instanceof Double number) {
            out.append(PythonFloat.of(number));
        } else if (value instanceof BigInteger number) {
            out.append(integer(number));
        } else if (value instanceof Range) {
            out.append(value);
        } else if (value instanceof List<?> || value instanceof Map<?, ?> || value instanceof DictView) {
            budget.descend();
            container(value);
            budget.ascend();
            charge();
        } else {
            rare(value);
        }
    }

    private void rare(Object value) {
        if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value instanceof Markup markup) {
            out.append("Markup(");
            quote(markup.text());
            out.append(')');
        } else if (value instanceof Namespace namespace) {
            out.append("<Namespace ");
            container(namespace.attributes());
            out.append('>');
        } else if (value instanceof Attributed attributed) {
            out.append('<').append(attributed.typeName()).append('>');
        } else if (value instanceof Long) {
            out.append(value);
        } else {
            // Python writes an address here, which no template can mean.
            throw new Fault("it prints a " + Values.type(value) + (value instanceof Lazy ? "; add | list" : ""));
        }
    }

    private void container(Object value) {
        if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof DictView view) {
            out.append(Values.type(view)).append("([");
            elements(Sequences.list(budget, view));
            out.append("])");
        } else {
            List<?> list = (List<?>) value;
            boolean tuple = value instanceof Tuple;
            out.append(tuple ? '(' : '[');
            elements(list);
            if (tuple && list.size() == 1) {
                out.append(',');
            }
            out.append(tuple ? ')' : ']');
        }
    }

    private void elements(List<?> list) {
        String separator = "";
        for (Object element : list) {
            out.append(separator);
            budget.step();
            value(Values.of(element));
            separator = ", ";
        }
    }

    private void map(Map<?, ?> map) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            budget.step();
            value(Values.of(entry.getKey()));
            out.append(": ");
            value(Values.of(entry.getValue()));
            separator = ", ";
        }
        out.append('}');
    }

    static String integer(BigInteger number) {
        // A decimal digit takes more than three bits: the cheap check comes first.
        if (number.bitLength() > LONGEST_INTEGER * 4 || number.abs().toString().length() > LONGEST_INTEGER) {
            throw new Fault("it writes a whole number of more than " + LONGEST_INTEGER + " digits");
        }
        return number.toString();
    }

    private void quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
            } else if (Texts.isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                escape(c);
            }
        }
        out.append(quote);
    }

    private void escape(int c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < 0x100) {
                    out.append(String.format("\\x%02x", c));
                } else {
                    out.append(c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
                }
            }
        }
    }
}
