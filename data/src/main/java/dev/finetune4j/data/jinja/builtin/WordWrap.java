package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.TextPieces;
import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Breaks lines at blanks and hyphens so that none is longer than a width, by the rules of Python's {@code textwrap}. */
final class WordWrap {
    private static final Pattern BLANKS_AND_WORDS = Pattern.compile("[\\t\\n\\u000b\\f\\r ]+|[^\\t\\n\\u000b\\f\\r ]+");
    /** After a hyphen between letters of which two stand before it. */
    private static final Pattern HYPHENS = Pattern.compile(
            "(?<=[^\\d\\W]{2}-)(?=[^\\d\\W]-?[^\\d\\W])|(?<=[\\w!\"'&.,?])(?=-{2,}\\w)|(?<=-{2})(?=\\w)",
            Pattern.UNICODE_CHARACTER_CLASS);

    private final Budget budget;
    private final long width;
    private final boolean breakLong;
    private final boolean breakHyphens;

    private WordWrap(Budget budget, long width, boolean breakLong, boolean breakHyphens) {
        this.budget = budget;
        this.width = width;
        this.breakLong = breakLong;
        this.breakHyphens = breakHyphens;
    }

    static Object wrap(Budget budget, String text, Bound bound) {
        long width = bound.whole(0, 79);
        if (width <= 0) {
            throw new Fault("wordwrap needs a width above 0");
        }
        WordWrap wrap = new WordWrap(budget, width, bound.flag(1, true), bound.flag(3, true));
        String end = bound.given(2) ? bound.text(2) : "\n";
        List<String> lines = new ArrayList<>();
        for (Object line : TextPieces.lines(budget, text, false)) {
            lines.add(String.join(end, wrap.lines((String) line)));
        }
        budget.text(text.length() + (long) end.length() * (text.length() / width + lines.size() + 1));
        return String.join(end, lines);
    }

    private List<String> chunks(String line) {
        List<String> chunks = new ArrayList<>();
        Matcher matcher = BLANKS_AND_WORDS.matcher(line);
        while (matcher.find()) {
            budget.elements(1);
            String chunk = matcher.group();
            if (breakHyphens && chunk.indexOf('-') >= 0) {
                chunks.addAll(List.of(HYPHENS.split(chunk)));
            } else {
                chunks.add(chunk);
            }
        }
        return chunks;
    }

    private static boolean isBlank(String chunk) {
        return Texts.strip(chunk).isEmpty();
    }

    private List<String> lines(String line) {
        List<String> chunks = chunks(line);
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < chunks.size()) {
            if (!lines.isEmpty() && isBlank(chunks.get(at))) {
                at++;
                continue;
            }
            List<String> current = new ArrayList<>();
            long length = 0;
            while (at < chunks.size() && length + Texts.length(chunks.get(at)) <= width) {
                length += Texts.length(chunks.get(at));
                current.add(chunks.get(at++));
            }
            if (at < chunks.size() && Texts.length(chunks.get(at)) > width) {
                at = tooLong(chunks, at, current, width - length);
            }
            if (!current.isEmpty() && isBlank(current.get(current.size() - 1))) {
                current.remove(current.size() - 1);
            }
            if (!current.isEmpty()) {
                budget.elements(1);
                lines.add(String.join("", current));
            }
        }
        return lines;
    }

    /** A chunk longer than a line is broken, or stands alone. */
    private int tooLong(List<String> chunks, int at, List<String> current, long space) {
        String chunk = chunks.get(at);
        if (!breakLong) {
            if (!current.isEmpty()) {
                return at;
            }
            current.add(chunk);
            return at + 1;
        }
        int cut = (int) Math.max(1, space);
        if (space < 1 && !current.isEmpty()) {
            return at;
        }
        int end = cut;
        if (breakHyphens && Texts.length(chunk) > cut) {
            int hyphen = Texts.cut(chunk, 0, cut).lastIndexOf('-');
            if (hyphen > 0
                    && Texts.cut(chunk, 0, cut).substring(0, hyphen).chars().anyMatch(c -> c != '-')) {
                end = Texts.place(chunk, hyphen + 1);
            }
        }
        budget.text(chunk.length());
        current.add(Texts.cut(chunk, 0, end));
        chunks.set(at, Texts.cut(chunk, end, Texts.length(chunk)));
        return at;
    }
}
