package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;

/** Python's {@code pattern.format(...)}. Attributes go through the template's own access, so that nothing else is reached. */
public final class BraceFormat {
    private static final int DEEPEST = 2;

    /** How the fields of a pattern reach into values. */
    public interface Members {
        Object attribute(Object target, String name);

        Object item(Object target, Object key);
    }

    private final Budget budget;
    private final Arguments arguments;
    private final Members members;
    private int next;

    private BraceFormat(Budget budget, Arguments arguments, Members members) {
        this.budget = budget;
        this.arguments = arguments;
        this.members = members;
    }

    public static String format(Budget budget, String pattern, Arguments arguments, Members members) {
        return new BraceFormat(budget, arguments, members).run(pattern, DEEPEST);
    }

    private String run(String pattern, int depth) {
        if (depth == 0) {
            throw new Fault("the fields of a format() pattern are nested too deeply");
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            boolean doubled = at + 1 < pattern.length() && pattern.charAt(at + 1) == c;
            if (c != '{' && c != '}') {
                out.append(c);
                at++;
            } else if (doubled) {
                out.append(c);
                at += 2;
            } else if (c == '}') {
                throw new Fault("a } in a format() pattern closes nothing; write }} for the character");
            } else {
                int end = close(pattern, at + 1);
                out.append(field(pattern.substring(at + 1, end), depth));
                budget.output(out.length());
                at = end + 1;
            }
        }
        budget.text(out.length());
        return out.toString();
    }

    private static int close(String pattern, int from) {
        int open = 1;
        for (int i = from; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw new Fault("a { in a format() pattern has no end; write {{ for the character");
    }

    private String field(String field, int depth) {
        int colon = field.indexOf(':');
        String head = colon < 0 ? field : field.substring(0, colon);
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        int mark = head.indexOf('!');
        Object value = value(mark < 0 ? head : head.substring(0, mark));
        if (mark >= 0) {
            value = switch (head.substring(mark + 1)) {
                case "s" -> Repr.text(budget, value);
                case "r", "a" -> Repr.quoted(budget, value);
                default -> throw new Fault("!" + head.substring(mark + 1) + " is no conversion");
            };
        }
        return FormatSpec.format(budget, value, spec.indexOf('{') < 0 ? spec : run(spec, depth - 1));
    }

    private Object value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Object value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                int to = end + 1;
                while (to < path.length() && path.charAt(to) != '.' && path.charAt(to) != '[') {
                    to++;
                }
                value = members.attribute(value, path.substring(end + 1, to));
                end = to;
            } else {
                int to = path.indexOf(']', end);
                if (to < 0) {
                    throw new Fault("a [ in a format() pattern has no end");
                }
                String key = path.substring(end + 1, to);
                Object place = isDigits(key) ? Long.valueOf(key) : key;
                value = members.item(value, place);
                end = to + 1;
            }
        }
        return value;
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Object first(String name) {
        if (!name.isEmpty() && !isDigits(name)) {
            Object value = arguments.named().get(name);
            if (value == null) {
                throw new Fault("format() is given no " + name);
            }
            return value;
        }
        // Minus one stands for fields with numbers of their own.
        if (name.isEmpty() ? next < 0 : next > 0) {
            throw new Fault("the fields of a format() pattern are numbered in part only");
        }
        int place = name.isEmpty() ? next++ : Integer.parseInt(name);
        if (!name.isEmpty()) {
            next = -1;
        }
        if (place >= arguments.positional().size()) {
            throw new Fault("format() is given too few values");
        }
        return arguments.positional().get(place);
    }
}
