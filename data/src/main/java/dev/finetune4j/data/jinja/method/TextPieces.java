package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Cutting texts into pieces, and replacing pieces. */
public final class TextPieces {
    private TextPieces() {}

    static void declare(Map<String, Builtin> table) {
        TextMethods.declare(table, "split sep? maxsplit?", (budget, self, bound) -> {
            long most = most(bound);
            return bound.given(0) ? split(budget, self, separator(bound), most) : words(budget, self, most);
        });
        TextMethods.declare(table, "rsplit sep? maxsplit?", (budget, self, bound) -> {
            long most = most(bound);
            return bound.given(0)
                    ? splitFromEnd(budget, self, separator(bound), most)
                    : wordsFromEnd(budget, self, most);
        });
        TextMethods.declare(
                table, "splitlines keepends?", (budget, self, bound) -> lines(budget, self, bound.flag(0, false)));
    }

    private static long most(Bound bound) {
        long most = bound.whole(1, -1);
        return most < 0 ? Long.MAX_VALUE : most;
    }

    private static String separator(Bound bound) {
        String separator = bound.text(0);
        if (separator.isEmpty()) {
            throw new Fault("split() needs a separator that is not empty");
        }
        return separator;
    }

    private static void add(Budget budget, List<Object> pieces, String piece) {
        budget.elements(1);
        budget.text(piece.length());
        pieces.add(piece);
    }

    private static List<Object> split(Budget budget, String text, String separator, long most) {
        List<Object> pieces = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && pieces.size() < most) {
            add(budget, pieces, text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        add(budget, pieces, text.substring(from));
        return pieces;
    }

    private static List<Object> splitFromEnd(Budget budget, String text, String separator, long most) {
        List<Object> pieces = new ArrayList<>();
        int to = text.length();
        while (pieces.size() < most) {
            int at = text.lastIndexOf(separator, to - separator.length());
            if (at < 0 || to < separator.length()) {
                break;
            }
            add(budget, pieces, text.substring(at + separator.length(), to));
            to = at;
        }
        add(budget, pieces, text.substring(0, to));
        Collections.reverse(pieces);
        return pieces;
    }

    private static List<Object> words(Budget budget, String text, long most) {
        List<Object> pieces = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < text.length() && Texts.isBlank(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return pieces;
            }
            if (pieces.size() >= most) {
                add(budget, pieces, text.substring(at));
                return pieces;
            }
            int from = at;
            while (at < text.length() && !Texts.isBlank(text.charAt(at))) {
                at++;
            }
            add(budget, pieces, text.substring(from, at));
        }
    }

    private static List<Object> wordsFromEnd(Budget budget, String text, long most) {
        List<Object> pieces = new ArrayList<>();
        int at = text.length();
        while (true) {
            while (at > 0 && Texts.isBlank(text.charAt(at - 1))) {
                at--;
            }
            if (at == 0) {
                break;
            }
            if (pieces.size() >= most) {
                add(budget, pieces, text.substring(0, at));
                break;
            }
            int to = at;
            while (at > 0 && !Texts.isBlank(text.charAt(at - 1))) {
                at--;
            }
            add(budget, pieces, text.substring(at, to));
        }
        Collections.reverse(pieces);
        return pieces;
    }

    public static List<Object> lines(Budget budget, String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            if (!Texts.isLineBreak(text.charAt(at))) {
                at++;
                continue;
            }
            int end = at;
            at += text.startsWith("\r\n", at) ? 2 : 1;
            add(budget, lines, text.substring(from, keepEnds ? at : end));
            from = at;
        }
        if (from < text.length()) {
            add(budget, lines, text.substring(from));
        }
        return lines;
    }

    /** @param most how many are replaced; negative for all */
    public static String replace(Budget budget, String text, String old, String with, long most) {
        if (most < 0 && !old.isEmpty() && with.length() <= old.length()) {
            budget.text(text.length());
            return text.replace(old, with);
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        long left = most < 0 ? Long.MAX_VALUE : most;
        int at = old.isEmpty() ? 0 : text.indexOf(old);
        while (at >= 0 && left-- > 0) {
            out.append(text, from, at).append(with);
            budget.step();
            budget.output(out.length());
            from = at + old.length();
            if (old.isEmpty()) {
                if (at >= text.length()) {
                    at = -1;
                } else {
                    at = text.offsetByCodePoints(at, 1);
                }
            } else {
                at = text.indexOf(old, from);
            }
        }
        out.append(text, Math.min(from, text.length()), text.length());
        budget.text(out.length());
        return out.toString();
    }
}
