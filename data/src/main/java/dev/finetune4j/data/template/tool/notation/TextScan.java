package dev.finetune4j.data.template.tool.notation;

import org.jspecify.annotations.Nullable;

/** A cursor over a text that only moves forward. */
public final class TextScan {
    private final String text;
    private int at;

    public TextScan(String text) {
        this.text = text;
    }

    /** Moves behind the next such mark; does not move, and says false, where there is none. */
    public boolean seek(String mark) {
        return until(mark) != null;
    }

    /** The text before the next such mark, moving behind it; null, without moving, where there is none. */
    public @Nullable String until(String mark) {
        int found = text.indexOf(mark, at);
        if (found < 0) {
            return null;
        }
        String before = text.substring(at, found);
        at = found + mark.length();
        return before;
    }

    /**
     * The text before the next closing mark behind which, white space aside, the continuation or the text's end stands;
     * moves behind the closing mark. Marks that stand in the middle of something are passed over that way. Null, without
     * moving, where there is none.
     *
     * @param least fewest characters before the closing mark
     */
    public @Nullable String untilLast(String close, String continuation, int least) {
        int found = text.indexOf(close, Math.min(text.length(), at + least));
        while (found >= 0) {
            int behind = skipSpace(found + close.length());
            if (behind == text.length() || text.startsWith(continuation, behind)) {
                String before = text.substring(at, found);
                at = found + close.length();
                return before;
            }
            found = text.indexOf(close, found + close.length());
        }
        return null;
    }

    /** The text before the next pair of marks with nothing but white space between them; moves behind the pair. */
    public @Nullable String untilPair(String first, String second) {
        int found = text.indexOf(first, at);
        while (found >= 0) {
            int behind = skipSpace(found + first.length());
            if (text.startsWith(second, behind)) {
                String before = text.substring(at, found);
                at = behind + second.length();
                return before;
            }
            found = text.indexOf(first, found + first.length());
        }
        return null;
    }

    /** The text before the next such mark, or up to the end, moving there. */
    public String before(String mark) {
        int found = text.indexOf(mark, at);
        int to = found < 0 ? text.length() : found;
        String before = text.substring(at, to);
        at = to;
        return before;
    }

    /**
     * The object that starts here with its braces, if behind it, white space aside, the continuation or the text's end
     * stands; moves behind it. Null, without moving, where that is not so.
     */
    @Nullable
    String untilObjectEnd(String continuation) {
        int depth = 0;
        boolean quoted = false;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            }
            if (depth == 0) {
                int behind = skipSpace(i + 1);
                boolean ends = behind == text.length() || text.startsWith(continuation, behind);
                String object = text.substring(at, i + 1);
                at = ends ? i + 1 : at;
                return ends ? object : null;
            }
        }
        return null;
    }

    /** Moves behind the mark if it stands here. */
    public boolean take(String mark) {
        if (!text.startsWith(mark, at)) {
            return false;
        }
        at += mark.length();
        return true;
    }

    /** Moves over white space. */
    public TextScan skipSpace() {
        at = skipSpace(at);
        return this;
    }

    /** The characters from here up to white space or one of the stops, perhaps none. */
    public String word(String stops) {
        int from = at;
        while (at < text.length() && !isSpace(text.charAt(at)) && stops.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    /** Everything from here on, without moving. */
    public String rest() {
        return text.substring(at);
    }

    public boolean atEnd() {
        return at == text.length();
    }

    /** The next character without moving; 0 at the end. */
    char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    /** The next character. */
    char next() {
        return text.charAt(at++);
    }

    int position() {
        return at;
    }

    /** Text between two places. */
    String between(int from, int to) {
        return text.substring(from, to);
    }

    private int skipSpace(int from) {
        int place = from;
        while (place < text.length() && isSpace(text.charAt(place))) {
            place++;
        }
        return place;
    }

    /** White space as Python's regular expressions have it, no-break spaces included. */
    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    /** The text without white space at its ends. */
    public static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
